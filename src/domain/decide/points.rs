//! Points and stamps: earned with a sale, used for a reward.

use crate::domain::customer::CustomerAct;
use crate::domain::decide::{Deciding, free_text};
use crate::domain::event::{Event, FaceAct, LineAct};
use crate::domain::ids::{CustomerId, LineId};
use crate::domain::order::{Discount, DiscountKind, Line, Order};
use crate::domain::points::{self, Earned, Returned, Reward, Scheme, Spent};
use crate::domain::refund::Found;
use crate::domain::refusal::Refusal;
use crate::domain::sale::Totals;
use crate::domain::split;
use crate::domain::staff::Permission;
use crate::domain::totals;

/// The most points of one scheme that somebody can be given by hand: more is a slip of the finger.
const MOST_POINTS: i64 = 1_000_000;

impl Deciding<'_, '_> {
    /// Uses the points of the order's customer for one reward of a scheme: a discount that knows what it cost. Taking
    /// the discount off gives the points back.
    pub(super) fn redeem(&mut self, code: &str, line: Option<LineId>) -> Result<(), Refusal> {
        let by = self.require(Permission::Sell)?;
        let order = self.order()?;
        let schemes = &self.till.settings.offers.schemes;
        let scheme = schemes.iter().find(|scheme| scheme.code == code).ok_or(Refusal::NoScheme)?;
        let customer = order.face.customer.ok_or_else(|| Refusal::NeedsCustomer(scheme.name.clone()))?;
        let have = self.till.points_of(customer, code);
        if have < i64::from(scheme.at) {
            let name = self.till.customer_name(customer);
            return Err(Refusal::TooFewPoints { name, scheme: scheme.name.clone(), have, at: scheme.at });
        }
        let spent = Some(Spent { customer, scheme: code.to_owned(), points: scheme.at });
        let discount = |amount| {
            let kind = DiscountKind::Amount(amount);
            Discount { kind, reason: scheme.name.clone(), by, comp: false, points: spent }
        };
        match &scheme.reward {
            Reward::Off(amount) => {
                let mut face = order.face.clone();
                face.discounts.push(discount(*amount));
                // Points are worth something, or they are kept.
                let with = Order { face: face.clone(), ..order.clone() };
                let comes_to = |order: &Order| totals::of(order, &self.till.settings).total;
                if comes_to(&with) >= comes_to(order) {
                    return Err(Refusal::NothingForPoints(scheme.name.clone()));
                }
                self.change_face(order, FaceAct::Discount, face);
            }
            Reward::Free(which) => {
                let nothing = || Refusal::NothingForPoints(scheme.name.clone());
                let line = points::free_line(order, which, line).ok_or_else(nothing)?;
                let price = (line.unit_price + line.modifiers_price()).min(line.amount());
                let after = split::discounted(line, Some(discount(price)), self.till.settings.rounding);
                self.put(order, LineAct::Discount, line, after);
            }
        }
        Ok(())
    }

    /// Puts somebody's points right by hand: a card that was lost, a stamp that was forgotten. Never below nothing.
    pub(super) fn correct_points(
        &mut self,
        customer: CustomerId,
        code: &str,
        more: i64,
        reason: &str,
    ) -> Result<(), Refusal> {
        self.require(Permission::CorrectPoints)?;
        let reason = free_text(reason, 60)?;
        let schemes = &self.till.settings.offers.schemes;
        let scheme = schemes.iter().find(|scheme| scheme.code == code).ok_or(Refusal::NoScheme)?;
        if self.account(customer)?.forgotten {
            return Err(Refusal::NoCustomer);
        }
        let have = self.till.points_of(customer, code);
        let (name, scheme_name) = (self.till.customer_name(customer), scheme.name.clone());
        match (reason.is_empty(), have.checked_add(more).filter(|points| *points <= MOST_POINTS)) {
            (true, _) => Err(Refusal::NeedsReason),
            (false, None) => Err(Refusal::TooManyPoints(MOST_POINTS)),
            (false, Some(_)) if more == 0 => Err(Refusal::NothingChanges),
            (false, Some(left)) if more < 0 && left < 0 => {
                Err(Refusal::PointsBelowZero { name, scheme: scheme_name, have })
            }
            (false, Some(_)) => {
                let act = CustomerAct::Points { scheme: code.to_owned(), points: more, reason };
                self.events.push(Event::CustomerChanged { customer, act });
                Ok(())
            }
        }
    }

    /// What a sale does to the points of its customer; nothing where nobody is known.
    pub(super) fn points_of_sale(&self, order: &Order, lines: &[Line], totals: &Totals) -> Vec<Earned> {
        let Some(customer) = order.face.customer else { return Vec::new() };
        let earned = |scheme: &Scheme| {
            let points = scheme.earned(lines, totals);
            let used = points::spent(order).filter(|s| s.customer == customer && s.scheme == scheme.code);
            let used = used.map(|spent| spent.points).sum();
            let balance = self.till.points_of(customer, &scheme.code) + i64::from(points);
            let (code, name) = (scheme.code.clone(), scheme.name.clone());
            Earned { scheme: code, name, points, used, balance, at: scheme.at }
        };
        let all = self.till.settings.offers.schemes.iter().map(earned);
        all.filter(|e| e.points > 0 || e.used > 0 || e.balance != 0).collect()
    }

    /// What a refund of a sale does to points: what it had earned goes, and once all of it was given back, what it had
    /// used is there again.
    pub(super) fn points_of_refund(&self, found: &Found, lines: &[Line], totals: &Totals) -> Vec<Returned> {
        let mut all: Vec<Returned> = Vec::new();
        let known = |customer: CustomerId| self.till.accounts.get(&customer).is_some_and(|a| !a.forgotten);
        if let Some(customer) = found.sale.customer.filter(|customer| known(*customer)) {
            for scheme in &self.till.settings.offers.schemes {
                let points = -i64::from(scheme.taken_back(found, lines, totals));
                all.push(Returned { customer, scheme: scheme.code.clone(), points });
            }
        }
        let back = |line: &Line| lines.iter().find(|l| l.id == line.id).map(|l| l.quantity).unwrap_or_default();
        if found.left().iter().all(|(line, left)| *left == back(line)) {
            for spent in points::used_in(&found.sale).filter(|spent| known(spent.customer)) {
                let (customer, scheme) = (spent.customer, spent.scheme.clone());
                all.push(Returned { customer, scheme, points: i64::from(spent.points) });
            }
        }
        all.retain(|returned| returned.points != 0);
        all
    }

    /// An order whose discounts hold somebody's points stays theirs, and in one piece: else nobody could say whose they
    /// are, or what they were for.
    pub(super) fn check_spent(&self, order: &Order, customer: Option<CustomerId>) -> Result<(), Refusal> {
        match points::spent(order).find(|spent| Some(spent.customer) != customer) {
            Some(spent) => Err(Refusal::PointsOn(self.till.customer_name(spent.customer))),
            None => Ok(()),
        }
    }
}
