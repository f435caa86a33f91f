//! Screens of a real café, by hand.

use std::collections::BTreeMap;

use crate::domain::catalogue::Page;
use crate::ui::screen::*;

fn text(tone: Tone, text: &str) -> Text {
    Text::new(tone, text)
}

/// `quantity|label|amount`; rows below a line begin with `|`.
fn order_row(row: &str) -> OrderRow {
    let parts: Vec<&str> = row.split('|').collect();
    OrderRow {
        quantity: parts[0].to_owned(),
        mark: Text::default(),
        label: parts[1].into(),
        amount: parts[2].to_owned(),
        below: parts[0].is_empty(),
        selected: false,
    }
}

fn list_row(row: &str) -> ListRow {
    let parts: Vec<&str> = row.split('|').collect();
    ListRow { key: parts[0].to_owned(), on: None, label: parts[1].into(), value: parts[2].into(), selected: false }
}

fn order(rows: &[&str], selected: std::ops::Range<usize>, total: &str, note: &str) -> OrderPane {
    let mut rows: Vec<OrderRow> = rows.iter().map(|row| order_row(row)).collect();
    rows[selected].iter_mut().for_each(|row| row.selected = true);
    OrderPane {
        title: "Order 42 · Anna".into(),
        subtitle: "Eat in".into(),
        rows,
        empty: vec![],
        sums: vec![],
        total_label: "Total".into(),
        total: text(Tone::Accent, total),
        total_note: text(Tone::Dim, note),
    }
}

pub(super) fn map() -> MapPane {
    let rows: [(&str, &str); 26] = [
        ("Espresso", "2.40"),
        ("Double espresso", "2.90"),
        ("Americano", "3.00"),
        ("Flat white", "3.20"),
        ("Cappuccino", "3.40"),
        ("Latte", "3.60"),
        ("Mocha", "3.90"),
        ("Macchiato", "2.80"),
        ("Cortado", "3.10"),
        ("Hot chocolate", "3.80"),
        ("Chai latte", "3.90"),
        ("Matcha latte", "4.20"),
        ("", ""),
        ("Breakfast tea", "2.60"),
        ("Earl grey", "2.60"),
        ("Green sencha", "2.90"),
        ("Peppermint", "2.60"),
        ("Babyccino", "1.00"),
        ("", ""),
        ("Oat milk", "0.50"),
        ("Extra shot", "0.60"),
        ("Beans 250 g", "9.50"),
        ("Beans, loose", "/kg"),
        ("Gift voucher", "open"),
        ("Cold brew", "86"),
        ("Iced caramel latte", "7 left"),
    ];
    let mut keys: Vec<MapKey> = ('a'..='z')
        .zip(rows)
        .map(|(key, (name, price))| MapKey { key, name: name.into(), price: price.into() })
        .collect();
    keys[24].name.tone = Tone::Dim;
    keys[24].price.tone = Tone::Bad;
    keys[25].price.tone = Tone::Warn;
    let pages = ["Breakfast", "Coffee", "Soft drinks", "Sandwiches", "Cakes", "Ice cream", "Beer", "Wine", "Retail"];
    let page = |title: &str| Page { title: title.to_owned(), keys: BTreeMap::new() };
    MapPane { title: "Coffee".to_owned(), place: "B 2/9".to_owned(), keys, pages: pages.map(page).into(), page: 1 }
}

fn hints(hints: &str) -> Vec<KeyHint> {
    let pairs = hints.split("  ").filter_map(|hint| hint.split_once(' '));
    pairs.map(|(key, label)| KeyHint { key: key.to_owned(), label: label.to_owned() }).collect()
}

fn screen(body: Body) -> Screen {
    Screen {
        body,
        dialog: None,
        input: InputLine { prompt: "›".to_owned(), text: String::new(), cursor: Some(0), echo: Text::default() },
        keys: hints(
            "F1 Help  F12 Cash  F11 Card  F9 Pay  * Quantity  / Search  F5 Modifiers  F7 Hold  F8 Recall  Del Void  Ctrl-Z Undo",
        ),
        status: vec![
            "Register 1".into(),
            text(Tone::Bad, "KITCHEN offline, 3 waiting"),
            "Anna Berg".into(),
            "Shift 17".into(),
            text(Tone::Warn, "2 unsent"),
        ],
        clock: "Sat 22 Nov  14:05".into(),
        watermark: None,
    }
}

fn selling(order: OrderPane, right: RightPane) -> Screen {
    screen(Body::Order { order: Box::new(order), right })
}

const LINES: [&str; 11] = [
    "2|Flat white|6.40",
    "|Oat milk|1.00",
    "|Extra shot|1.20",
    "1|Full English breakfast with everything|11.50",
    "|No black pudding|",
    "|Eggs poached|",
    "|Note: nut allergy at this table|",
    "|Staff 10%|-1.15",
    "0.345|Beans, loose|10.35",
    "3|Croissant|7.50",
    "|Almond|1.50",
];

/// Lines with modifiers, the last selected, and a line being typed.
pub(super) fn busy() -> Screen {
    let mut order = order(&LINES, 9..11, "38.30", "7 items");
    order.sums = vec![("Discounts".into(), text(Tone::Normal, "-1.15")), ("Cash".into(), "-20.00".into())];
    order.total_label = "Due".into();
    let mut screen = selling(order, RightPane::Map(map()));
    screen.input.text = "2*4011".to_owned();
    screen.input.cursor = Some(6);
    screen.input.echo = text(Tone::Accent, "2 × Bananas 1.20 = 2.40");
    screen.watermark = Some("DEMO".to_owned());
    screen
}

/// More lines than fit anywhere, nothing selected.
pub(super) fn long() -> Screen {
    let lines: Vec<String> = (1..=60).map(|n| format!("{n}|Flat white|{}.20", n * 3)).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let mut screen = selling(order(&lines, 0..0, "5,502.00", "1830 items"), RightPane::Map(map()));
    screen.input.echo = text(Tone::Bad, "No item has the code 4711: check the label, or press / to search");
    screen
}

/// A number of lines, the last selected, as keys are pressed one after the other.
pub(super) fn ringing(lines: usize) -> Screen {
    let names = ["Flat white|3.20", "Cheese sandwich|5.90", "Earl grey|2.60", "Carrot cake|4.10"];
    let rows: Vec<String> = (0..lines).map(|n| format!("1|{}", names[n % names.len()])).collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let minor: usize = (0..lines).map(|n| [320, 590, 260, 410][n % names.len()]).sum();
    let total = format!("{}.{:02}", minor / 100, minor % 100);
    let mut screen =
        selling(order(&rows, lines.saturating_sub(1)..lines, &total, &format!("{lines} items")), RightPane::Map(map()));
    let last = rows.last().copied().unwrap_or("1|nothing|0.00").replace('|', " ");
    screen.input.echo = text(Tone::Good, &format!("{last} = {total}"));
    screen
}

/// Nothing rung yet.
pub(super) fn empty() -> Screen {
    let mut order = order(&[], 0..0, "0.00", "EUR");
    order.total.tone = Tone::Dim;
    order.empty = vec![
        text(Tone::Strong, "Nothing ordered yet"),
        text(Tone::Dim, "Press a key of the map, scan, or type a code and Enter."),
    ];
    selling(order, RightPane::Map(map()))
}

/// Search results on the right.
pub(super) fn search() -> Screen {
    let mut rows: Vec<ListRow> = [
        "1|Flat white|3.20",
        "2|Iced flat white|3.80",
        "3|Flatbread with hummus and roasted peppers|6.50",
        "4|Flat peach|0.90",
        "5|White hot chocolate|4.10",
    ]
    .map(list_row)
    .to_vec();
    rows[0].selected = true;
    rows[3].value = text(Tone::Bad, "86");
    let list = ListPane { title: "Search: flat".to_owned(), rows, empty: String::new() };
    let mut screen = selling(order(&LINES[..3], 0..3, "8.60", "2 items"), RightPane::List(list));
    screen.input =
        InputLine { prompt: "Find".to_owned(), text: "flat".to_owned(), cursor: Some(4), echo: Text::default() };
    screen.input.echo = text(Tone::Accent, "1 × Flat white 3.20 = 3.20");
    screen
}

/// Modifiers of a line.
pub(super) fn modifiers() -> Screen {
    let mut screen = selling(order(&LINES, 9..11, "38.30", "7 items"), RightPane::Map(map()));
    screen.input.cursor = None;
    let mut rows: Vec<ListRow> =
        ["1|Whole milk|", "2|Oat milk|+0.50", "3|Almond milk|+0.50", "4|Skimmed milk|", "5|No milk|"]
            .map(list_row)
            .to_vec();
    rows.iter_mut().for_each(|row| row.on = Some(false));
    rows[1].on = Some(true);
    rows[2].selected = true;
    screen.dialog = Some(Dialog {
        plan: None,
        title: "Flat white".to_owned(),
        value: "3.70".into(),
        text: vec![text(Tone::Strong, "Milk: choose one (2 of 4)"), text(Tone::Dim, "Then: strength, extras")],
        fields: vec![],
        rows,
        message: text(Tone::Warn, "One milk must be chosen"),
        tall: false,
    });
    screen
}

/// Paying, with fields.
pub(super) fn pay() -> Screen {
    let mut screen = busy();
    screen.input.cursor = None;
    screen.input.text = String::new();
    screen.input.echo = Text::default();
    let field = |label: &str, text: &str, cursor| Field { label: label.to_owned(), text: text.to_owned(), cursor };
    screen.dialog = Some(Dialog {
        plan: None,
        title: "Card".to_owned(),
        value: text(Tone::Accent, "38.30"),
        text: vec!["Take the payment on the card terminal, then write down what it says.".into()],
        fields: vec![
            field("Amount", "38.30", None),
            field("Approval code", "08A7", Some(4)),
            field("Last four digits", "", None),
        ],
        rows: vec![],
        message: text(Tone::Bad, "A card number is never written down here: only its last four digits"),
        tall: false,
    });
    screen
}

/// Help, as tall as the screen.
pub(super) fn help() -> Screen {
    let mut screen = busy();
    screen.input.cursor = None;
    let mut rows: Vec<ListRow> = [
        "a-z|Sell the item on that key|",
        "A-Z|Turn to that page|",
        "0-9|Type a quantity, a code or an amount|",
        "*|What was typed is the quantity|",
        "@|What was typed is the price|manager",
        "Enter|Do what the echo says|",
        "/|Search by name, code or barcode|",
        "Esc|Back, one step at a time|",
        "Up|The line above|",
        "Down|The line below|",
        "Del|Void the selected line|",
        "Ctrl-Z|Undo the last step|",
        "F1|This help|",
        "F2|Sign out, keep the order|",
        "F5|Modifiers of the selected line|",
        "F6|Note to the kitchen|",
        "F7|Hold the order under a name|",
        "F8|Open orders|",
        "F9|All ways to pay|",
        "F11|Card|",
        "F12|Cash, exactly|",
    ]
    .map(list_row)
    .to_vec();
    rows[2].selected = true;
    screen.dialog = Some(Dialog {
        plan: None,
        title: "Keys that work here".to_owned(),
        value: Text::default(),
        text: vec![],
        fields: vec![],
        rows,
        message: text(Tone::Dim, "Esc closes, Up and Down scroll"),
        tall: true,
    });
    screen
}

/// Nobody is signed in.
pub(super) fn sign_in() -> Screen {
    let mut screen = screen(Body::SignIn(SignIn {
        name: "Café Möwe".to_owned(),
        lines: vec![
            text(Tone::Dim, "CounterFlow 0.1.0 · register 1"),
            "Type your PIN and press Enter".into(),
            text(Tone::Dim, "Demo: Anna 1111 · Ben 2222 · Chris (manager) 9999"),
        ],
        notices: vec![
            text(Tone::Warn, "3 orders are open, the oldest since 11:40"),
            text(
                Tone::Bad,
                "KITCHEN is offline: 3 tickets wait, the oldest for 12 minutes. Check its cable and its power",
            ),
            text(Tone::Good, "Yesterday is uploaded"),
        ],
    }));
    screen.input =
        InputLine { prompt: "PIN".to_owned(), text: "***".to_owned(), cursor: Some(3), echo: Text::default() };
    screen.keys = hints("F1 Help  Enter Sign in  Ctrl-Q Quit");
    screen.watermark = Some("TRAINING".to_owned());
    screen
}

/// Paper on the right.
pub(super) fn paper() -> Screen {
    let lines = "\n                Café Möwe\n             12 Harbour Street\n\nReceipt 118                  22.11.26 14:05\n\
        Order 42 · Anna · eat in\n------------------------------------------\n2 Flat white                          6.40\n  \
        Oat milk                            1.00\n  Extra shot                          1.20\n1 Full English breakfast             11.50\n  \
        No black pudding\n------------------------------------------\nTOTAL EUR                            20.10\nCash                                 \
        50.00\nChange                               29.90\n\nVAT 20% of 20.10                      3.35\n\n           Thank you\n\n- - - - - - - - - - cut - - - - - - - - -";
    let paper = PaperPane {
        title: "Paper · Receipt 118".to_owned(),
        lines: lines.lines().map(str::to_owned).collect(),
        scroll: 0,
    };
    let mut order = order(&[], 0..0, "29.90", "of 50.00");
    order.total_label = "Change".into();
    order.empty = vec![text(Tone::Good, "Order 42 is paid"), text(Tone::Dim, "The next key begins a new order.")];
    let mut screen = selling(order, RightPane::Paper(paper));
    screen.input.echo = text(Tone::Good, "Change 29.90");
    screen
}
