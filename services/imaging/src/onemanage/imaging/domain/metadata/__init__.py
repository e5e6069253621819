"""What files say of themselves beside their pixels, read and written."""
