//! What travels from the server to the pages.
