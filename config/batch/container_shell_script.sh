#!/bin/sh
# What the container does before the training: checks and downloads that are simpler in a shell.
set -eu
cd "$(dirname "$0")"

# Parris has installed requirements.txt, unless the image has it (Dockerfile).
python3 -c 'import sklearn; print("scikit-learn", sklearn.__version__)'

# By exec, the training itself is the process that gets SIGTERM when the job must save.
exec python3 train_model.py "$@"
