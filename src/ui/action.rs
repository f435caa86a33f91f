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
    /// The screen of a station: `counterflow kitchen`.
    Kitchen,
}

impl Context {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::SignIn, Self::Order, Self::Dialog, Self::Kitchen];

    /// What some key must do there.
    pub const fn needs(self) -> [Action; 2] {
        match self {
            Self::SignIn | Self::Order | Self::Dialog => [Action::Accept, Action::Cancel],
            Self::Kitchen => [Action::Recall, Action::Quit],
        }
    }

    /// Its name in `keys.toml`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SignIn => "sign-in",
            Self::Order => "order",
            Self::Dialog => "dialog",
            Self::Kitchen => "kitchen",
        }
    }
}

/// A heading of the help screen and of the manual.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heading(pub &'static str);

macro_rules! actions {
    ($([$heading:literal] $($variant:ident $name:literal $label:literal $doc:literal;)*)*) => {
        /// Something that can be done.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Action {
            $($(#[doc = $doc] $variant,)*)*
        }

        impl Action {
            /// All of them, in the order of the help screen.
            pub const ALL: &'static [Self] = &[$($(Self::$variant,)*)*];

            /// Its name in `keys.toml`, on the command line and in `ring`.
            pub const fn name(self) -> &'static str {
                match self { $($(Self::$variant => $name,)*)* }
            }

            /// Its label in the key bar.
            pub const fn label(self) -> &'static str {
                match self { $($(Self::$variant => $label,)*)* }
            }

            /// What it does, in a sentence that fits a row of the help screen.
            pub const fn doc(self) -> &'static str {
                match self { $($(Self::$variant => $doc,)*)* }
            }

            /// What it belongs to.
            pub const fn heading(self) -> Heading {
                match self { $($(Self::$variant => Heading($heading),)*)* }
            }
        }
    };
}

actions! {
    ["Entering"]
    Accept "accept" "OK" "Does what the echo says; on an empty line, goes to pay.";
    Cancel "cancel" "Back" "Takes back one layer: input, selection, dialog.";
    Erase "erase" "Erase" "Deletes the character before the cursor.";
    EraseNext "erase-next" "Erase" "Deletes the character at the cursor.";
    EraseWord "erase-word" "Erase word" "Deletes the word before the cursor.";
    EraseAll "erase-all" "Clear" "Deletes all that was typed into the line or field.";
    Search "search" "Find" "Finds an item by letters, code or barcode.";
    Command "command" "Actions" "Lists all actions; letters narrow it: :hold Anna.";
    Repeat "repeat" "Again" "Rings the last round again, or the last sale.";
    Undo "undo" "Undo" "Undoes the last step of the order.";
    ["The selected line"]
    Up "up" "Up" "Selects the line above.";
    Down "down" "Down" "Selects the line below.";
    First "first" "First" "Selects the first line; in a field, to its start.";
    Last "last" "Last" "Selects the last line; in a field, to its end.";
    More "more" "+1" "One more.";
    Less "less" "-1" "One less; the last one voids the line.";
    Modify "modify" "Options" "Chooses its options.";
    Note "note" "Note" "Writes a note to the kitchen.";
    CustomerNote "customer-note" "Cust. note" "Writes a note that the receipt shows.";
    Price "price" "Price" "Changes its price: 250 before the key, or asked.";
    Discount "discount" "Discount" "Gives it a discount: 10 before the key is 10%.";
    Explain "explain" "Explain" "Shows how it came to its price: happy hour, discount.";
    Void "void" "Void" "Voids it, with a reason: it was not made.";
    Comp "comp" "Give away" "Gives it away: made, sold at nothing, with a reason.";
    Waste "waste" "Write off" "Writes it off: made or spoiled, with a reason.";
    Seat "seat" "Seat" "The seat it is for: 2 before the key, or asked.";
    Course "course" "Course" "Puts it into the next course, or 3 before the key.";
    ["The order"]
    OrderType "order-type" "Type" "Changes the order type: eat in, take away.";
    Name "name" "Name" "Gives the order a name.";
    Tab "tab" "Tab" "Goes to a tab by a few letters, or opens one.";
    Phone "phone" "Phone" "Writes down a telephone number, until it is settled.";
    Address "address" "Address" "Writes down where it is brought to, until settled.";
    PickUp "pick-up" "For when" "When it is fetched: 18:30, or 20 for in 20 minutes.";
    Limit "limit" "Limit" "What it may come to before somebody must allow more.";
    OrderDiscount "order-discount" "Disc. all" "Gives the whole order a discount.";
    CompOrder "comp-order" "Give all" "Gives the whole order away, with a reason.";
    Customer "customer" "Customer" "Says who the order is for, by a few letters or digits.";
    AsLastTime "as-last-time" "As before" "Rings what the order's customer had last time.";
    Allergies "allergies" "Allergies" "Says what nobody at the table may eat.";
    Redeem "redeem" "Redeem" "Uses the customer's points or stamps for a reward.";
    Points "points" "Points" "Corrects points, with a reason: :points +3 lost card.";
    Account "account" "Account" "A customer's account: payment, statement, limit.";
    Coupon "coupon" "Coupon" "Takes a coupon by its code; an empty one gives all back.";
    Promotions "promotions" "Promotions" "Shows every promotion, to switch one off or on.";
    Service "service" "Service" "Takes the service charge off, or puts it back.";
    Send "send" "Send" "Sends to the kitchen what was not sent yet.";
    Fire "fire" "Fire" "Fires the next course; 2 before the key that one, 0 all.";
    FireAll "fire-all" "Fire all" "Fires every course that waits.";
    Hold "hold" "Hold" "Puts the order aside; with no order, lists those.";
    HoldCourse "hold-course" "Hold back" "Holds the line's course back, or lets it take its turn.";
    Orders "orders" "Orders" "Lists the open orders, to bring one back.";
    Abandon "abandon" "Throw away" "Throws the whole order away, with a reason.";
    ["Several bills"]
    Mark "mark" "Mark" "Marks it, or 2 of it with 2 before the key.";
    Split "split" "Split" "Divides the order: 3 before the key makes three bills.";
    Unsplit "unsplit" "Together" "Brings the bills of an order together again.";
    MoveLines "move-lines" "Move lines" "Transfers it, or what is marked, to a table or order.";
    Merge "merge" "Merge" "Brings another order into this one.";
    ["Tables"]
    Table "table" "Table" "Goes to a table: 12 before the key, or the map.";
    Covers "covers" "Covers" "Says how many guests there are: 4 before, or asked.";
    Move "move" "Move" "Moves the order to a table: 7 before, or by the map.";
    Join "join" "Join" "Joins another table to this one, or lets it go.";
    Give "give" "Give" "Gives the order to somebody else to serve.";
    ["Paying"]
    Cash "cash" "Cash" "Cash: the amount typed before, or exactly what is due.";
    Card "card" "Card" "Card terminal: the amount typed, or all that is due.";
    Cash1 "cash-1" "Note 1" "The first banknote of the settings, as cash.";
    Cash2 "cash-2" "Note 2" "The second banknote of the settings, as cash.";
    Cash3 "cash-3" "Note 3" "The third banknote of the settings, as cash.";
    Cash4 "cash-4" "Note 4" "The fourth banknote of the settings, as cash.";
    Pay "pay" "Pay" "Shows what is due and every way to pay it.";
    Tip "tip" "Tip" "Adds a tip to the next payment.";
    Tips "tips" "Tips" "Types in tips of slips that were signed later.";
    SellVoucher "sell-voucher" "Sell voucher" "Sells a voucher: :sell-voucher 25.00 cash.";
    Voucher "voucher" "Voucher" "Says what is left on a voucher, by its code or a scan.";
    PayOutVoucher "pay-out-voucher" "Pay out" "Gives back in cash what is left on a voucher.";
    Deposit "deposit" "Deposit" "Takes a deposit on the order: :deposit 50.00 cash.";
    DepositBack "deposit-back" "Give back" "Gives the order's deposit back, with a reason.";
    TakeBack "take-back" "Take back" "Takes back a payment of this order: wrong tender.";
    ["Paper and drawer"]
    Bill "bill" "Bill" "Prints a bill before payment; the drawer stays shut.";
    Refund "refund" "Refund" "Gives money back for a sale: by receipt, amount, card.";
    RefundOrder "refund-order" "No receipt" "Gives money back, without a receipt, for what is rung.";
    Reprint "reprint" "Reprint" "Prints a receipt again, marked COPY.";
    Paper "paper" "Paper" "Shows what the on-screen printer printed, and back.";
    Spool "spool" "Print jobs" "Lists what waits to print: print, skip, send elsewhere.";
    NoSale "no-sale" "No sale" "Opens the drawer without a sale, with a reason.";
    ["The shift"]
    OpenShift "open-shift" "Shift" "Opens a shift with the float in the drawer.";
    PaidIn "paid-in" "Paid in" "Puts cash into the drawer without a sale.";
    PaidOut "paid-out" "Paid out" "Takes cash out of the drawer for something bought.";
    Drop "drop" "Drop" "Takes cash out of the drawer for the safe.";
    TipOut "tip-out" "Tips out" "Takes cash out of the drawer to pay staff their tips.";
    Lend "lend" "Lend" "Lends cash to another open drawer of this box.";
    LockDrawer "lock-drawer" "Drawer" "Locks the drawer to you alone, or lets it go again.";
    UndoCash "undo-cash" "Undo cash" "Takes back a cash move of this shift, by its number.";
    X "x" "X" "Prints what the shift has taken so far.";
    ToAccount "to-account" "On account" "Charges an open order to its customer's account.";
    CloseShift "close-shift" "Close" "Counts the drawer, closes the shift, prints its Z.";
    ["The office"]
    Reports "reports" "Reports" "Shows a report: :reports items last week.";
    Upload "upload" "Send shifts" "Sends closed shifts to the backend now.";
    MenuBack "menu-back" "Menu back" "Goes back to the menu before the office's newest.";
    ["People"]
    ClockIn "clock-in" "Clock in" "Says that you are at work from now on.";
    Break "break" "Break" "Begins a break, or ends it.";
    ClockOut "clock-out" "Clock out" "Ends your work; asks for cash tips, prints a slip.";
    CorrectHours "correct-hours" "Correct" "Corrects somebody's time at work, with a reason.";
    Staff "staff" "Staff" "Changes people: role, PIN, badge, whether they left.";
    AddStaff "add-staff" "Hire" "Takes somebody on, with a role and a PIN.";
    ["The menu"]
    Left "left" "Left" "The page before; in a line of text, to the left.";
    Right "right" "Right" "The next page; in a line of text, to the right.";
    PageUp "page-up" "Page" "The page of items before.";
    PageDown "page-down" "Page" "The next page of items.";
    SoldOut "sold-out" "86" "Marks an item sold out, or counts how many are left.";
    Delivery "delivery" "Delivery" "Takes goods in: :delivery milk 20 Miller.";
    ThrowAway "throw-away" "Throw away" "Writes off goods that are thrown away, with a reason.";
    StockSheet "stock-sheet" "Count sheet" "Prints a sheet of all goods, to count on at the shelf.";
    StockTake "stock-take" "Stock take" "Asks how much there is of each good; prints differences.";
    Bind "bind" "Bind" "Binds a barcode to an item.";
    ["The kitchen screen"]
    Recall "recall" "Recall" "Brings back the ticket that was done last.";
    AllDay "all-day" "All day" "Shows how much of each dish is still to be made.";
    ["The till"]
    Drill "drill" "Drill" "In practice: gives a ticket to ring, and scores it.";
    Help "help" "Help" "Shows the keys that work here.";
    Lock "lock" "Lock" "Locks the till; the order waits for the same person.";
    SignOut "sign-out" "Sign out" "Signs out; the order is put aside under its number.";
    Quit "quit" "Quit" "Leaves the program; everything is kept.";
    Next "next" "Next" "To the next field, or to the right where there is one.";
    Previous "previous" "Previous" "To the field before, or to the left where there is one.";
    Toggle "toggle" "Choose" "Chooses the selected row, or lets it go.";
    Ignore "none" "" "Does nothing: write this to take a key's meaning away.";
}

impl Action {
    /// Whether it is worth knowing on the order screen: not what is for dialogs, or for the screen of a station.
    pub fn is_for_orders(self) -> bool {
        let fields = [Self::EraseNext, Self::EraseWord, Self::EraseAll, Self::Next, Self::Previous, Self::Toggle];
        !fields.contains(&self) && ![Self::Recall, Self::AllDay, Self::Ignore].contains(&self)
    }

    /// The action with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|a| a.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sentence_fits_a_row_of_the_help_screen() {
        for action in Action::ALL {
            assert!(action.doc().len() <= 56, "{}: {}", action.name(), action.doc());
        }
    }
}
