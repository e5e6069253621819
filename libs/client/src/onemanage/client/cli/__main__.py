"""``python -m onemanage.client.cli`` is the command, where its folder is not on PATH."""

from onemanage.client.cli.app import main

if __name__ == "__main__":
    main()
