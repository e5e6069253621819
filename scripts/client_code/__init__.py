"""What of the Python client follows from the API's description, and how."""
