//! Menus as files.
