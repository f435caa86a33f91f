//! The difference between two menus, and putting it onto a menu.
