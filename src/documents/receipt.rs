//! The receipt, the bill and the copy.
//!
//! What the customer's paper never shows: notes to the kitchen, voided lines, the name an order was
//! held under (people write nicknames there), and why a discount was given.

use crate::documents::{Align, Block, Document, DocumentKind, Span, Style};
use crate::domain::components::{itself, places, promotions, with_components};
use crate::domain::ids::RegisterId;
use crate::domain::money::{Currency, Money};
use crate::domain::order::{Discount, DiscountKind, Line, Order, Unit};
use crate::domain::order_type::Contact;
use crate::domain::promotion::Applied;
use crate::domain::quantity::Quantity;
use crate::domain::receipt_code;
use crate::domain::sale::{LineTotals, Sale, Totals};
use crate::domain::settings::Settings;
use crate::domain::tender::Payment;
use crate::domain::time::Stamp;
use crate::domain::totals::lines;
use crate::domain::voucher::masked;

const BOLD: Style = Style { bold: true, wide: false, tall: false, reverse: false, underline: false };
const LARGE: Style = Style { bold: true, wide: true, tall: true, reverse: false, underline: false };
const MARK: Style = Style { bold: true, wide: true, tall: true, reverse: true, underline: false };

/// How far what belongs to a line is indented.
const INDENT: &str = "  ";
/// How far the second line of an item's name is indented.
const HANG: u8 = 2;

/// The picture at the head of a receipt, where the printer has one.
pub const LOGO: &str = "logo";

/// The receipt of a sale. It opens the drawer when any of its payments does.
pub fn receipt(sale: &Sale, settings: &Settings) -> Document {
    Document {
        kind: DocumentKind::Receipt,
        title: format!("Receipt {}", sale.receipt),
        blocks: receipt_blocks(sale, settings, None),
        opens_drawer: sale.payments.iter().any(|p| p.opens_drawer),
        cut: true,
    }
}

/// A bill or receipt with whom it goes to above its lines: the number that is called out, when it is for, how
/// they are reached. The name it is held under is the house's own, and never on it.
pub fn with_place(mut document: Document, called: Option<&str>, due: Option<Stamp>, contact: &Contact) -> Document {
    let at = document.blocks.iter().position(|block| *block == Block::Rule).unwrap_or(document.blocks.len());
    let mut blocks: Vec<Block> = called.map(|n| Block::styled(Align::Centre, LARGE, n)).into_iter().collect();
    blocks.extend(due.map(|due| Block::styled(Align::Left, BOLD, format!("For {}", due.show_time()))));
    let lines = [&contact.phone, &contact.address].into_iter().filter(|text| !text.is_empty());
    blocks.extend(lines.map(|text| Block::Text { spans: vec![Span::new(BOLD, text)], align: Align::Left, hang: HANG }));
    document.blocks.splice(at..at, blocks);
    document
}

/// The receipt printed again for the `n`th time, marked so that it cannot pass for the first. Never
/// opens the drawer.
pub fn copy(sale: &Sale, settings: &Settings, n: u32) -> Document {
    Document {
        kind: DocumentKind::Copy,
        title: format!("Copy {n} of receipt {}", sale.receipt),
        blocks: receipt_blocks(sale, settings, Some(n)),
        opens_drawer: false,
        cut: true,
    }
}

/// The bill of an open order, before it is paid. Never opens the drawer.
pub fn bill(order: &Order, totals: &Totals, settings: &Settings, server: &str, now: Stamp) -> Document {
    let paper = Paper { currency: settings.currency, settings };
    let mut blocks = header(settings, settings.training);
    blocks.push(Block::styled(Align::Centre, LARGE, "BILL"));
    blocks.push(Block::row(HANG, paper.number(&order.face.order_type, &order.label()), now.show()));
    blocks.push(Block::row(HANG, paper.type_name(&order.face.order_type), register(order.register)));
    blocks.extend(paper.seating(order.face.table.as_deref(), order.face.covers, server));
    blocks.push(Block::Rule);
    let lines = lines(order, settings);
    blocks.extend(paper.lines(&lines, totals));
    blocks.push(Block::Rule);
    let rounding = order.rounding();
    blocks.extend(paper.sums(&lines, totals, &order.face.discounts, rounding));
    blocks.extend(paper.taxes(totals));
    let (deposit, due) = (order.deposit_left(), order.due(totals.total));
    if !order.payments.is_empty() || !deposit.is_zero() {
        blocks.push(Block::Rule);
        blocks.extend(order.payments.iter().flat_map(|p| paper.payment(p)));
        if !deposit.is_zero() {
            blocks.push(paper.row("Deposit", deposit));
        }
        blocks.push(paper.large("DUE", due));
    }
    blocks.push(Block::Feed(1));
    blocks.push(Block::styled(Align::Centre, BOLD, "NOT A RECEIPT"));
    blocks.extend(training(settings.training));
    Document {
        kind: DocumentKind::Bill,
        title: format!("Bill {}", order.number),
        blocks,
        opens_drawer: false,
        cut: true,
    }
}

fn receipt_blocks(sale: &Sale, settings: &Settings, copy: Option<u32>) -> Vec<Block> {
    let paper = Paper { currency: sale.currency, settings };
    let practice = sale.training || settings.training;
    let mut blocks = header(settings, practice);
    blocks.extend(copy.map(|n| Block::styled(Align::Centre, MARK, format!(" COPY {n} "))));
    blocks.push(Block::row(HANG, format!("Receipt {}", sale.receipt), sale.completed.show()));
    blocks.push(Block::row(HANG, paper.number(&sale.order_type, &sale.label()), register(sale.register)));
    blocks.push(Block::row(HANG, paper.type_name(&sale.order_type), sale.staff_name.clone()));
    blocks.extend(paper.seating(sale.table.as_deref(), sale.covers, &sale.server_name));
    blocks.push(Block::Rule);
    blocks.extend(paper.lines(&sale.lines, &sale.totals));
    blocks.push(Block::Rule);
    blocks.extend(paper.sums(&sale.lines, &sale.totals, &sale.discounts, sale.rounding));
    blocks.extend(sale.payments.iter().flat_map(|p| paper.payment(p)));
    if !sale.tips.is_zero() {
        blocks.push(paper.row("Tip", sale.tips));
    }
    if !sale.change.is_zero() {
        let change = Span::new(BOLD, paper.show(sale.change));
        blocks.push(Block::Row { left: vec![Span::new(BOLD, "Change")], right: change, hang: 0 });
    }
    if !sale.deposit_back.is_zero() {
        blocks.push(paper.row("Deposit given back", sale.deposit_back));
    }
    blocks.extend(paper.taxes(&sale.totals));
    for earned in &sale.points {
        let more = if earned.points > 0 { format!("+{} = ", earned.points) } else { String::new() };
        blocks.push(Block::row(HANG, &earned.name, format!("{more}{} of {}", earned.balance, earned.at)));
    }
    if copy.is_none() && sale.payments.iter().any(|p| p.charged.is_some()) {
        blocks.extend([Block::Feed(2), Block::text("Signature"), Block::Rule]);
    }
    if !settings.business.footer.is_empty() {
        blocks.push(Block::Feed(1));
    }
    blocks.extend(settings.business.footer.iter().map(|l| Block::styled(Align::Centre, Style::default(), l)));
    if settings.business.receipt_code && !sale.imported {
        blocks.push(Block::Feed(1));
        blocks.push(Block::styled(Align::Centre, Style::default(), format!("Code {}", receipt_code::code(sale))));
    }
    blocks.extend(qr(sale, settings));
    blocks.extend(copy.map(|n| Block::styled(Align::Centre, BOLD, format!("COPY {n}"))));
    blocks.extend(training(practice));
    blocks
}

/// The house's QR code, filled in for this sale; where the house has none, the receipt's own code.
fn qr(sale: &Sale, settings: &Settings) -> Option<Block> {
    let text = &settings.business.qr;
    let total = sale.currency.show(sale.totals.total);
    let text = text.replace("{receipt}", &sale.receipt.to_string()).replace("{total}", &total);
    let code = receipt_code::code(sale);
    if text.is_empty() && settings.business.receipt_code && !sale.imported {
        return Some(Block::Qr(format!("{}{code}", receipt_code::PREFIX)));
    }
    let text = text.replace("{register}", &sale.register.to_string()).replace("{code}", &code);
    (!text.is_empty()).then_some(Block::Qr(text))
}

pub(super) fn header(settings: &Settings, practice: bool) -> Vec<Block> {
    let business = &settings.business;
    let mut blocks = training(practice);
    blocks.push(Block::Logo(LOGO.to_owned()));
    blocks.push(Block::styled(Align::Centre, LARGE, &business.name));
    let lines = business.address.iter().chain(&business.tax_number);
    blocks.extend(lines.map(|line| Block::styled(Align::Centre, Style::default(), line)));
    blocks.push(Block::Feed(1));
    blocks
}

/// The watermark of practice, above and below.
pub(super) fn training(practice: bool) -> Vec<Block> {
    let mark = |_| Block::styled(Align::Centre, MARK, " TRAINING ");
    practice.then_some(()).map(mark).into_iter().collect()
}

pub(super) fn register(register: RegisterId) -> String {
    format!("Register {register}")
}

/// The parts that a receipt and a bill share.
pub(super) struct Paper<'a> {
    pub(super) currency: Currency,
    pub(super) settings: &'a Settings,
}

impl Paper<'_> {
    pub(super) fn show(&self, amount: Money) -> String {
        self.currency.show(amount)
    }

    pub(super) fn row(&self, left: impl Into<String>, amount: Money) -> Block {
        Block::row(HANG, left, self.show(amount))
    }

    pub(super) fn large(&self, left: &str, amount: Money) -> Block {
        let symbol = self.currency.symbol();
        let shown = match symbol.len() {
            3 if symbol.is_ascii() => format!("{symbol} {}", self.show(amount)),
            _ if amount.is_negative() => format!("-{symbol}{}", self.show(amount.abs())),
            _ => format!("{symbol}{}", self.show(amount)),
        };
        Block::Row { left: vec![Span::new(LARGE, left)], right: Span::new(LARGE, shown), hang: 0 }
    }

    /// An order's number as the screen shows it: `Order D23`.
    fn number(&self, order_type: &str, label: &str) -> String {
        let prefix = self.settings.order_type(order_type).map_or("", |t| t.prefix.as_str());
        format!("Order {prefix}{label}")
    }

    pub(super) fn type_name(&self, code: &str) -> String {
        self.settings.order_type(code).map_or(code, |t| &t.name).to_owned()
    }

    /// The table and who serves it, and how many people sit there.
    fn seating(&self, table: Option<&str>, covers: Option<u16>, server: &str) -> Vec<Block> {
        let left = table.map(|t| format!("Table {t}")).unwrap_or_default();
        let right = covers.map(|n| format!("Covers {n}")).unwrap_or_default();
        let mut blocks = Vec::new();
        if !left.is_empty() || !right.is_empty() {
            blocks.push(Block::row(HANG, left, right));
        }
        if table.is_some() && !server.is_empty() {
            blocks.push(Block::text(format!("Served by {server}")));
        }
        blocks
    }

    /// The lines that count; the dishes of another one only where that one is not among them with all of them. The
    /// amounts of a line and of its modifiers and discount add up to what the line came to.
    pub(super) fn lines(&self, lines: &[Line], totals: &Totals) -> Vec<Block> {
        let dishes = |whole: &Line| lines.iter().filter(|line| line.is_component_of(whole.id)).count();
        let is_all = |whole: &Line| dishes(whole) == places(&whole.modifiers).count();
        let with = |line: &Line| line.component.and_then(|c| lines.iter().find(|whole| whole.id == c.of));
        let shown = |line: &Line| line.is_live() && !line.charge && !with(line).is_some_and(is_all);
        let mut blocks = Vec::new();
        for (at, line) in lines.iter().enumerate().filter(|(_, line)| shown(line)) {
            if line.borne.is_zero() || is_all(line) {
                blocks.extend(self.line(line, (with_components(lines, &totals.lines, at), promotions(lines, at))));
            } else if !line.bears_nothing() {
                let own = totals.lines.get(at).cloned().unwrap_or_default();
                blocks.extend(self.line(&itself(line), (own, line.promotions.clone())));
            }
        }
        blocks
    }

    fn line(&self, line: &Line, (came_to, promotions): (LineTotals, Vec<Applied>)) -> Vec<Block> {
        let modifier = |price: Money| match line.unit {
            Unit::Each => line.quantity.times(price),
            Unit::Kg => price,
        };
        let modifiers: Money = line.modifiers.iter().map(|m| modifier(m.added())).sum();
        let base = self.show(came_to.gross - modifiers);
        let mut blocks = Vec::new();
        match line.unit {
            Unit::Each => {
                blocks.push(Block::row(HANG, format!("{} {}", line.pieces(), line.name), base));
                if line.quantity != Quantity::ONE {
                    // Halves make the price of the whole together, and show none beside them.
                    let halves: Money = line.modifiers.iter().map(|m| m.price - m.added()).sum();
                    blocks.push(Block::text(format!("{INDENT}at {} each", self.show(line.unit_price + halves))));
                }
            }
            Unit::Kg => {
                blocks.push(Block::row(HANG, line.name.clone(), base));
                let price = self.show(line.unit_price);
                blocks.push(Block::text(format!("{INDENT}{} kg at {price}/kg", line.quantity)));
            }
        }
        for chosen in &line.modifiers {
            let amount = if chosen.added().is_zero() { String::new() } else { self.show(modifier(chosen.added())) };
            let indent = INDENT.repeat(1 + usize::from(chosen.depth));
            blocks.push(Block::row(HANG * 2, format!("{indent}{}", chosen.label()), amount));
        }
        if let Some(note) = &line.customer_note {
            let spans = vec![Span::plain(format!("{INDENT}{note}"))];
            blocks.push(Block::Text { spans, align: Align::Left, hang: HANG });
        }
        let promoted: Money = promotions.iter().map(|p| p.amount).sum();
        // Of a part that goes back, what came off it is its share of them all.
        let shared = line.discount.is_none() && promoted != came_to.discount.abs();
        let names: Vec<&str> = promotions.iter().map(|a| a.name.as_str()).collect();
        if shared && !names.is_empty() {
            let off = Money::ZERO - came_to.discount.abs();
            blocks.push(Block::row(HANG * 2, format!("{INDENT}{}", names.join(", ")), self.show(off)));
        }
        for applied in promotions.iter().filter(|_| !shared) {
            blocks.push(Block::row(HANG * 2, format!("{INDENT}{}", applied.name), self.show(-applied.amount)));
        }
        if let Some(discount) = &line.discount {
            let off = promoted - came_to.discount.abs();
            blocks.push(Block::row(HANG * 2, format!("{INDENT}{}", self.discount(discount)), self.show(off)));
        }
        blocks
    }

    fn discount(&self, discount: &Discount) -> String {
        if discount.comp {
            return "With our compliments".to_owned();
        }
        match discount.kind {
            DiscountKind::Percent(percent) => format!("Discount {}%", percent.normalize()),
            DiscountKind::Amount(_) | DiscountKind::Price(_) => "Discount".to_owned(),
        }
    }

    /// From the lines to the total; what stands between is shown, and the subtotal only then.
    pub(super) fn sums(&self, lines: &[Line], totals: &Totals, discounts: &[Discount], rounding: Money) -> Vec<Block> {
        let mut between = Vec::new();
        let on_lines: Money = totals.lines.iter().map(|l| l.discount).sum();
        let on_order: Money = totals.lines.iter().map(|l| l.order_discount).sum();
        if !discounts.is_empty() {
            let words: Vec<String> = discounts.iter().map(|d| self.discount(d)).collect();
            between.push(self.row(words.join(" + "), Money::ZERO - on_order.abs()));
        }
        let mut charges = Money::ZERO;
        for (line, part) in lines.iter().zip(&totals.lines).filter(|(line, _)| line.charge) {
            charges += part.gross;
            between.push(self.row(&line.name, part.gross));
        }
        for tax in totals.taxes.iter().filter(|t| !t.included) {
            between.push(self.row(&tax.name, tax.amount));
        }
        if !rounding.is_zero() {
            between.push(self.row("Rounding", rounding));
        }
        let mut blocks = Vec::new();
        if !between.is_empty() {
            blocks.push(self.row("Subtotal", totals.gross - charges - on_lines.abs()));
        }
        blocks.append(&mut between);
        blocks.push(self.large("TOTAL", totals.total + rounding));
        blocks
    }

    /// Each tax with what it was counted on, in columns of one width.
    pub(super) fn taxes(&self, totals: &Totals) -> Vec<Block> {
        if totals.taxes.is_empty() {
            return Vec::new();
        }
        let rows: Vec<(String, String, String)> = totals
            .taxes
            .iter()
            .map(|tax| {
                let how = if tax.included { "incl. " } else { "plus " };
                let base = if tax.percent.is_some() { self.show(tax.base) } else { String::new() };
                (format!("{how}{}", tax.name), base, self.show(tax.amount))
            })
            .collect();
        let widest = |f: fn(&(String, String, String)) -> &String| rows.iter().map(|r| f(r).len()).max().unwrap_or(0);
        let (net, tax) = (widest(|r| &r.1).max(3), widest(|r| &r.2).max(3));
        let mut blocks = vec![Block::Rule, Block::row(0, "Tax", format!("{:>net$} {:>tax$}", "Net", "Tax"))];
        blocks.extend(rows.into_iter().map(|(name, b, t)| Block::row(HANG, name, format!("{b:>net$} {t:>tax$}"))));
        blocks
    }

    pub(super) fn payment(&self, payment: &Payment) -> Vec<Block> {
        let mut blocks = vec![self.row(&payment.name, payment.tendered)];
        if let Some(foreign) = &payment.foreign {
            let amount = format!("{} {}", foreign.currency, foreign.currency.show(foreign.amount));
            blocks.push(Block::text(format!("{INDENT}{amount} at {}", foreign.rate.normalize())));
        }
        if let Some(last_four) = &payment.reference.last_four {
            blocks.push(Block::text(format!("{INDENT}Card ending {last_four}")));
        }
        if let Some(charged) = payment.charged {
            blocks.push(Block::text(format!("{INDENT}Account {}", charged.number)));
        }
        if let Some(used) = &payment.voucher {
            let (code, left) = (masked(&used.code), self.show(used.left));
            blocks.push(Block::text(format!("{INDENT}Voucher {code}, {left} left")));
        }
        if let Some(reference) = &payment.reference.text {
            let tender = self.settings.tender(&payment.tender);
            let name = tender.and_then(|t| t.reference_name.as_deref()).unwrap_or("Reference");
            let spans = vec![Span::plain(format!("{INDENT}{name} {reference}"))];
            blocks.push(Block::Text { spans, align: Align::Left, hang: HANG });
        }
        blocks
    }
}
