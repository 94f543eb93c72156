//! Lists stored-value cards.

use crate::{
    operation,
    types::{
        Amount, UtcTime,
        fields::{AsText, EmptyAsNone},
        open_enum::open_codes,
        response,
    },
};

operation! {
    /// The stored-value cards (储值卡) of the calling customer that are in one state, one page, with what is
    /// left on each.
    ///
    /// A user of the customer needs the action `billing:coupon:view`. All cards take two queries, one for
    /// each state.
    GET "/v2/promotions/benefits/stored-value-cards" as bss -> StoredValueCardPage {
        caller(Customer), rows(100, stored_value_cards: StoredValueCard, total: total_count, key: card_id), rate(5),
        source("https://support.huaweicloud.com/api-oce/mac_00002.html"),
    }
    pub struct ListStoredValueCards {
        required {
            /// Only cards in this state.
            status: CardStatus,
        }
        optional {
            /// Only this card.
            card_id: String where len(0..=64),
            /// Rows to skip; none by default.
            offset: u32,
            /// Rows per page.
            limit: u32 where range(1..=100) default(10),
        }
        check |it, check| check
            .range("status", &it.status.code(), 1..=2)
    }
}

response! {
    /// One page of stored-value cards.
    pub struct StoredValueCardPage {
        /// Total number of cards that match.
        pub total_count: Option<u64>,
        /// Rows of this page.
        pub stored_value_cards: Vec<StoredValueCard>,
    }
}

response! {
    /// A card that money was put on in advance. Amounts are yuan, text on the wire.
    pub struct StoredValueCard {
        /// The card among all of the customer's.
        pub card_id: String,
        /// Name under which the card is sold.
        pub card_name: Option<String>,
        /// Whether anything is left on it.
        pub status: Option<CardStatus>,
        /// Initial value of the card.
        #[with(AsText)]
        pub face_value: Option<Amount>,
        /// Remaining value of the voucher.
        #[with(AsText)]
        pub balance: Option<Amount>,
        /// Start of its validity.
        #[with(EmptyAsNone)]
        pub effective_time: Option<UtcTime>,
        /// End of the validity period.
        #[with(EmptyAsNone)]
        pub expire_time: Option<UtcTime>,
    }
}

open_codes! {
    /// Whether anything is left on a card.
    pub enum CardStatus {
        /// Card has a remaining value.
        Usable = 1,
        /// Card has no remaining value.
        UsedUp = 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation as _;
    use crate::operation::violated;
    use crate::{operation::Paged, types::decode_str};

    #[test]
    fn the_documented_request_is_understood() {
        let request: ListStoredValueCards =
            decode_str(r#"{"status":1,"card_id":"userSVCId2148682091","offset":0,"limit":100}"#).unwrap();
        request.validate().unwrap();
        let expected = ListStoredValueCards::new(CardStatus::Usable).card_id("userSVCId2148682091");
        assert_eq!(request, expected.offset(0_u32).limit(100_u32));
    }

    #[test]
    fn documented_limits_are_checked() {
        let request = ListStoredValueCards::new(CardStatus::Other(3)).card_id("x".repeat(65)).limit(0_u32);
        assert_eq!(violated(&request), ["status", "card_id", "limit"]);
    }

    #[test]
    fn a_page_is_read() {
        let page: StoredValueCardPage = decode_str(
            r#"{"total_count":1,"stored_value_cards":[{"card_id":"s1","card_name":"Spring card","status":2,
                "face_value":"1000.00","balance":"0","effective_time":"2026-01-01T00:00:00Z","expire_time":null}]}"#,
        )
        .unwrap();
        let [card] = ListStoredValueCards::items(&page) else { unreachable!() };
        assert_eq!((card.status, card.balance), (Some(CardStatus::UsedUp), Some(Amount::ZERO)));
        assert_eq!(serde_json::to_value(card).unwrap()["face_value"], serde_json::json!("1000.00"));
    }
}
