"""What other ways to choose would have brought, estimated from choices that were made, before anybody tries them."""
