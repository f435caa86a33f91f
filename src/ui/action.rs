//! Everything that can be done at the till, by name. Keys, the key bar, the help screen, the typed
//! command line and the manual all derive from this one table.

/// Where a key is pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Context {
    /// The sign-in screen.
    SignIn,
    /// The order screen with no dialog open.
    Order,
    /// A dialog.
    Dialog,
}

impl Context {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::SignIn, Self::Order, Self::Dialog];

    /// Its name in `keys.toml`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SignIn => "sign-in",
            Self::Order => "order",
            Self::Dialog => "dialog",
        }
    }
}

macro_rules! actions {
    ($($variant:ident $name:literal $label:literal $doc:literal;)*) => {
        /// Something that can be done.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Action {
            $(#[doc = $doc] $variant,)*
        }

        impl Action {
            /// All of them, in the order of the help screen.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Its name in `keys.toml`, on the command line and in `ring`.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// Its label in the key bar.
            pub const fn label(self) -> &'static str {
                match self { $(Self::$variant => $label,)* }
            }

            /// What it does, in a sentence.
            pub const fn doc(self) -> &'static str {
                match self { $(Self::$variant => $doc,)* }
            }
        }
    };
}

actions! {
    Accept "accept" "OK" "Does what the echo says; on an empty line, asks how the order is paid.";
    Cancel "cancel" "Back" "Takes back one layer: the input, then the selection, then the dialog.";
    Help "help" "Help" "Shows the keys that work here.";
    Cash "cash" "Cash" "Takes cash: the amount typed before, or exactly what is due.";
    Card "card" "Card" "Takes a card payment at the terminal: the amount typed before, or all that is due.";
    Cash1 "cash-1" "Note 1" "Takes the first banknote of the settings as cash.";
    Cash2 "cash-2" "Note 2" "Takes the second banknote of the settings as cash.";
    Cash3 "cash-3" "Note 3" "Takes the third banknote of the settings as cash.";
    Cash4 "cash-4" "Note 4" "Takes the fourth banknote of the settings as cash.";
    Pay "pay" "Pay" "Shows what is due and every way to pay it.";
    Tip "tip" "Tip" "Adds a tip to the next payment.";
    TakeBack "take-back" "Take back" "Takes back a payment of the order on screen.";
    Hold "hold" "Hold" "Puts the order aside under a name; with no order, lists the open ones.";
    Orders "orders" "Orders" "Lists the open orders, to bring one back.";
    Name "name" "Name" "Gives the order a name.";
    Modify "modify" "Options" "Chooses the options of the selected line.";
    Note "note" "Note" "Writes a note to the kitchen on the selected line.";
    CustomerNote "customer-note" "Cust. note" "Writes a note that the customer's receipt shows.";
    Void "void" "Void" "Voids the selected line, with a reason.";
    More "more" "+1" "One more of the selected line.";
    Less "less" "-1" "One less of the selected line; the last one voids it.";
    Price "price" "Price" "Changes the price of the selected line.";
    Discount "discount" "Discount" "Gives the selected line a discount: a percentage like 10% or an amount.";
    OrderDiscount "order-discount" "Disc. all" "Gives the whole order a discount.";
    Repeat "repeat" "Again" "Rings the last round again; with no order, the last sale.";
    Undo "undo" "Undo" "Undoes the last step of the order.";
    OrderType "order-type" "Type" "Changes the order type: eat in, take away.";
    Abandon "abandon" "Drop" "Throws the whole order away, with a reason.";
    Bill "bill" "Bill" "Prints a bill before payment. Never opens the drawer.";
    Reprint "reprint" "Reprint" "Prints a receipt again, marked COPY.";
    NoSale "no-sale" "No sale" "Opens the drawer without a sale, with a reason.";
    Search "search" "Find" "Finds an item by a few letters of its name, its code or its barcode.";
    Command "command" "Command" "Types an action by its name, with what it asks for.";
    SoldOut "sold-out" "86" "Marks an item sold out, or counts how many are left.";
    Bind "bind" "Bind" "Binds a barcode to an item.";
    Paper "paper" "Paper" "Shows what the on-screen printer has printed, and back.";
    OpenShift "open-shift" "Shift" "Opens a shift with the float in the drawer.";
    PaidIn "paid-in" "Paid in" "Puts cash into the drawer without a sale.";
    PaidOut "paid-out" "Paid out" "Takes cash out of the drawer for something bought.";
    Drop "drop" "Drop" "Takes cash out of the drawer for the safe.";
    TipOut "tip-out" "Tips out" "Takes cash out of the drawer to pay staff their tips.";
    UndoCash "undo-cash" "Undo cash" "Takes back a cash move of this shift, by its number.";
    X "x" "X" "Prints what the shift has taken so far.";
    CloseShift "close-shift" "Close" "Counts the drawer, closes the shift and prints its Z.";
    Lock "lock" "Lock" "Locks the till; the order stays for the same person.";
    SignOut "sign-out" "Sign out" "Signs out; the order is put aside under its number.";
    Quit "quit" "Quit" "Leaves the program; everything is kept.";
    Up "up" "Up" "Selects the line above.";
    Down "down" "Down" "Selects the line below.";
    Left "left" "Left" "Moves left: the cursor, the page, the group of options.";
    Right "right" "Right" "Moves right: the cursor, the page, the group of options.";
    First "first" "First" "Selects the first line.";
    Last "last" "Last" "Selects the last line.";
    PageUp "page-up" "Page" "Turns to the page of items before.";
    PageDown "page-down" "Page" "Turns to the next page of items.";
    Erase "erase" "Erase" "Deletes the character before the cursor.";
    Toggle "toggle" "Choose" "Chooses the selected row, or lets it go.";
    Ignore "none" "" "Does nothing: write this to take a key's meaning away.";
}

impl Action {
    /// The action with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|a| a.name() == name)
    }
}
