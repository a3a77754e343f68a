"""What the product promises about speed and accuracy, as programs that measure it."""
