"""目录: lists of the platform brought here, and searched while somebody types."""
