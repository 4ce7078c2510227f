#!/bin/bash
# The training script of a job. It runs once, as root, on a fresh machine. When it ends, the job ends.
# Its exit status says whether the training succeeded. The machine is switched off in any case.
#
# The environment (docs/bootstrap-contract.md has the full list):
#   PARRIS_RESULTS_DIR          files in this folder are saved to the training bucket
#   PARRIS_INPUT_DIR            the config's input-data
#   PARRIS_HP_<NAME>            each hyperparameter, such as PARRIS_HP_LEARNING_RATE
#   PARRIS_ACCELERATOR          nvidia, amd or neuron, depending on the instance type; otherwise empty
#   PARRIS_DEADLINE             when the script will receive SIGTERM; empty if there is no limit
# On SIGTERM save your work, then exit. `exec` below passes the signal on to the training process.
set -euo pipefail
export PARRIS_RESULTS_DIR="${PARRIS_RESULTS_DIR:-./results}"
mkdir -p "$PARRIS_RESULTS_DIR"

# Accelerators are billed. If their driver is missing, fail immediately instead of training without them.
case "${PARRIS_ACCELERATOR:-}" in
  nvidia) probe="nvidia-smi -L" ;;
  neuron) probe="neuron-ls"; PATH="$PATH:/opt/aws/neuron/bin" ;;
  *) probe=true ;;
esac
if ! $probe >/dev/null 2>&1; then
  echo "no $PARRIS_ACCELERATOR accelerator is visible on this ${PARRIS_INSTANCE_TYPE:-machine} ($probe failed): choose an" \
    "image with its driver (the config's ami; without it Parris takes one) or an instance type without accelerators" >&2
  exit 1
fi

###################################################################################################
###                                                                                             ###
###                    YOUR TRAINING GOES BELOW. Replace everything from here on.               ###
###                                                                                             ###
###################################################################################################

# Trains twelve small neural networks, each on its own random sample, to classify three species of iris
# by the size of their leaves. The networks vote on the result. Requires only Python.
exec python3 -u - <<'TRAINING'
"""Train an ensemble on Iris; uses PARRIS_HP_EPOCHS, PARRIS_HP_LEARNING_RATE and PARRIS_HP_SEED."""

import json
import math
import os
import random
import signal
import time
from operator import mul

# Fisher's irises, 50 of each kind: R. A. Fisher, "The use of multiple measurements in taxonomic
# problems", Annals of Eugenics 7 (1936), 179-188, measured by E. Anderson; in the public domain.
# Eight digits for each flower, two each: sepal length, sepal width, petal length and petal width
# in millimetres.
FLOWERS = {
    "setosa": """
        51351402 49301402 47321302 46311502 50361402 54391704 46341403 50341502 44291402 49311501
        54371502 48341602 48301401 43301101 58401202 57441504 54391304 51351403 57381703 51381503
        54341702 51371504 46361002 51331705 48341902 50301602 50341604 52351502 52341402 47321602
        48311602 54341504 52411501 55421402 49311502 50321202 55351302 49361401 44301302 51341502
        50351303 45231303 44321302 50351606 51381904 48301403 51381602 46321402 53371502 50331402
    """,
    "versicolor": """
        70324714 64324515 69314915 55234013 65284615 57284513 63334716 49243310 66294613 52273914
        50203510 59304215 60224010 61294714 56293613 67314414 56304515 58274110 62224515 56253911
        59324818 61284013 63254915 61284712 64294313 66304414 68284814 67305017 60294515 57263510
        55243811 55243710 58273912 60275116 54304515 60344516 67314715 63234413 56304113 55254013
        55264412 61304614 58264012 50233310 56274213 57304212 57294213 62294313 51253011 57284113
    """,
    "virginica": """
        63336025 58275119 71305921 63295618 65305822 76306621 49254517 73296318 67255818 72366125
        65325120 64275319 68305521 57255020 58285124 64325323 65305518 77386722 77266923 60225015
        69325723 56284920 77286720 63274918 67335721 72326018 62284818 61304918 64285621 72305816
        74286119 79386420 64285622 63285115 61265614 77306123 63345624 64315518 60304818 69315421
        67315624 69315123 58275119 68325923 67335725 67305223 63255019 65305220 62345423 59305118
    """,
}
KINDS = list(FLOWERS)
HIDDEN = 16
MEMBERS = 12
TEST_FLOWERS_OF_EACH_KIND = 20


def main():
    epochs = int(os.environ.get("PARRIS_HP_EPOCHS", "40"))
    learning_rate = float(os.environ.get("PARRIS_HP_LEARNING_RATE", "0.1"))
    chance = random.Random(int(os.environ.get("PARRIS_HP_SEED", "7")))
    stop_signals = []
    signal.signal(signal.SIGTERM, lambda number, frame: stop_signals.append(number))

    training, test, scale = load_flowers(chance)
    members = [new_member(training, chance) for _ in range(MEMBERS)]
    print(f"training {MEMBERS} networks on {len(training)} flowers, {epochs} epochs, "
          f"learning rate {learning_rate:g}; {len(test)} flowers are reserved for testing")
    history = []
    for epoch in range(1, epochs + 1):
        losses = [train_one_epoch(member, learning_rate, chance) for member in members]
        loss = sum(losses) / len(losses)
        accuracy = measure(members, test)
        history.append({"epoch": epoch, "loss": round(loss, 6), "test_accuracy": accuracy})
        print(f"epoch {epoch:3d}/{epochs}  loss {loss:.4f}  test accuracy {accuracy:.3f}")
        if stop_signals:
            print(f"SIGTERM received: saving the model of epoch {epoch}")
            break
    save(members, scale, history, learning_rate, is_complete=len(history) == epochs)


def load_flowers(chance):
    """Return the training flowers, the test flowers, and mean and deviation of each measure."""
    training, test = [], []
    for kind, digits in enumerate(FLOWERS.values()):
        flowers = [([int(flower[at:at + 2]) / 10 for at in (0, 2, 4, 6)], kind)
                   for flower in digits.split()]
        chance.shuffle(flowers)
        test += flowers[:TEST_FLOWERS_OF_EACH_KIND]
        training += flowers[TEST_FLOWERS_OF_EACH_KIND:]
    columns = list(zip(*(sizes for sizes, _ in training)))
    means = [sum(column) / len(column) for column in columns]
    spreads = [math.sqrt(sum((x - mean) ** 2 for x in column) / len(column))
               for column, mean in zip(columns, means)]

    def scaled(flowers):
        return [([(x - mean) / spread for x, mean, spread in zip(sizes, means, spreads)], kind)
                for sizes, kind in flowers]

    return scaled(training), scaled(test), {"means_cm": means, "spreads_cm": spreads}


def new_member(training, chance):
    """Return a network with random weights (the last of each row is the bias) and its flowers."""
    def weights(rows, columns):
        return [[chance.gauss(0, 1 / math.sqrt(columns)) for _ in range(columns + 1)]
                for _ in range(rows)]

    return {"hidden": weights(HIDDEN, 4), "output": weights(len(KINDS), HIDDEN),
            "flowers": [chance.choice(training) for _ in training]}


def predict(member, sizes):
    """Return the activations of the hidden layer, and the probability of each kind."""
    hidden = [math.tanh(row[-1] + sum(map(mul, row, sizes))) for row in member["hidden"]]
    raw = [row[-1] + sum(map(mul, row, hidden)) for row in member["output"]]
    highest = max(raw)
    powers = [math.exp(value - highest) for value in raw]
    total = sum(powers)
    return hidden, [power / total for power in powers]


def train_one_epoch(member, learning_rate, chance):
    """Take one gradient step per flower of the member; return the mean loss."""
    chance.shuffle(member["flowers"])
    loss = 0.0
    for sizes, kind in member["flowers"]:
        hidden, probabilities = predict(member, sizes)
        loss -= math.log(max(probabilities[kind], 1e-12))
        errors = [p - (at == kind) for at, p in enumerate(probabilities)]
        slopes = [(1 - h * h) * sum(map(mul, errors, weights))
                  for h, weights in zip(hidden, zip(*member["output"]))]
        step(member["output"], errors, hidden, learning_rate)
        step(member["hidden"], slopes, sizes, learning_rate)
    return loss / len(member["flowers"])


def step(rows, errors, inputs, learning_rate):
    """Move the weights of one layer against their gradient."""
    for row, error in zip(rows, errors):
        change = learning_rate * error
        row[:] = [weight - change * value for weight, value in zip(row, inputs)] + [row[-1] - change]


def measure(members, flowers):
    """Return the share of flowers that the members classify correctly by vote."""
    right = 0
    for sizes, kind in flowers:
        votes = [sum(column) for column in zip(*(predict(m, sizes)[1] for m in members))]
        right += votes.index(max(votes)) == kind
    return right / len(flowers)


def save(members, scale, history, learning_rate, is_complete):
    """Write model.json and metrics.json, each atomically."""
    networks = [{"hidden": m["hidden"], "output": m["output"]} for m in members]
    model = {"kinds": KINDS, "scale": scale, "activation": "tanh", "networks": networks}
    metrics = {"is_complete": is_complete, "epochs": len(history), "learning_rate": learning_rate,
               "loss": history[-1]["loss"] if history else None,
               "test_accuracy": history[-1]["test_accuracy"] if history else None,
               "history": history, "saved_at_unix_seconds": int(time.time())}
    for name, content in (("model.json", model), ("metrics.json", metrics)):
        path = os.path.join(os.environ["PARRIS_RESULTS_DIR"], name)
        with open(path + ".unfinished", "w", encoding="utf-8") as file:
            json.dump(content, file, indent=1)
        os.replace(path + ".unfinished", path)
        print(f"saved {name}")


main()
TRAINING
