"""What a script needs beside it, from the person's own folder to the training bucket."""
