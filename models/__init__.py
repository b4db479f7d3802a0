"""What tapewire knows: relevance/ (the trained model and its examples), companies/ (the directory and its matcher)."""
