"""The command ``onemanage``, over the client: the extra ``cli``."""
