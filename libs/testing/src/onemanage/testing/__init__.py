"""What tests of every project need, and nothing that is deployed."""
