"""Images by address: recipes as a few readable words, and what signs them."""
