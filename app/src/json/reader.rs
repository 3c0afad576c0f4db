//! The client's reader of JSON. It reads what our own server writes, and no more: whole numbers only, and of what is wrong
//! it says nothing but that it is. `serde_json` reads more, explains every fault, and is five times as large.

use std::fmt;

use serde::{
    de::{
        DeserializeSeed, Deserializer, EnumAccess, Error, Expected, MapAccess, SeqAccess, Unexpected,
        VariantAccess, Visitor,
    },
    forward_to_deserialize_any,
};

/// A text that is not what was expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable;

/// The part of a text that is still to be read.
pub(super) struct Reader<'de> {
    rest: &'de str,
    /// How many lists and objects may still be opened inside each other.
    depth: u8,
}

/// More than any answer has.
const DEPTH: u8 = 32;

impl<'de> Reader<'de> {
    pub(super) fn new(text: &'de str) -> Self {
        Self { rest: text, depth: DEPTH }
    }

    /// Nothing may follow.
    pub(super) fn end(&mut self) -> Result<(), Unreadable> {
        if self.peek().is_none() { Ok(()) } else { Err(Unreadable) }
    }

    /// The next byte that is no space.
    fn peek(&mut self) -> Option<u8> {
        self.rest = self.rest.trim_ascii_start();
        self.rest.bytes().next()
    }

    fn take(&mut self, word: &str) -> bool {
        self.peek();
        let rest = self.rest.strip_prefix(word);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn need(&mut self, word: &str) -> Result<(), Unreadable> {
        if self.take(word) { Ok(()) } else { Err(Unreadable) }
    }

    fn open(&mut self, bracket: &str) -> Result<(), Unreadable> {
        self.need(bracket)?;
        self.depth = self.depth.checked_sub(1).ok_or(Unreadable)?;
        Ok(())
    }

    fn close(&mut self, bracket: &str) -> Result<(), Unreadable> {
        self.depth += 1;
        self.need(bracket)
    }

    /// Whether another entry follows in what ends with this bracket.
    fn another(&mut self, bracket: &str, is_first: &mut bool) -> Result<bool, Unreadable> {
        if self.take(bracket) {
            self.depth += 1;
            return Ok(false);
        }
        if !std::mem::take(is_first) {
            self.need(",")?;
        }
        Ok(true)
    }

    /// A whole number; its sign, and what follows it.
    fn number(&mut self) -> Result<(bool, u64), Unreadable> {
        let is_negative = self.take("-");
        let end = self.rest.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(self.rest.len());
        let (digits, rest) = self.rest.split_at(end);
        self.rest = rest;
        digits.parse().map(|number| (is_negative, number)).map_err(|_| Unreadable)
    }

    fn string(&mut self) -> Result<String, Unreadable> {
        self.need("\"")?;
        let mut text = String::new();
        loop {
            let end = self.rest.find(['"', '\\']).ok_or(Unreadable)?;
            text.push_str(&self.rest[..end]);
            let is_over = self.rest[end..].starts_with('"');
            self.rest = &self.rest[end + 1..];
            if is_over {
                return Ok(text);
            }
            text.push(self.escaped()?);
        }
    }

    /// What stands behind a backslash.
    fn escaped(&mut self) -> Result<char, Unreadable> {
        let letter = self.rest.chars().next().ok_or(Unreadable)?;
        self.rest = &self.rest[letter.len_utf8()..];
        Ok(match letter {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'b' => '\u{8}',
            'f' => '\u{c}',
            'u' => {
                let unit = self.unit()?;
                // Two halves make a character beyond the first 65,536.
                let low = if (0xD800..0xDC00).contains(&unit) && self.take("\\u") { self.unit()? } else { 0 };
                let wide = 0x1_0000 + ((unit & 0x3FF) << 10) + (low & 0x3FF);
                char::from_u32(if low == 0 { unit } else { wide }).ok_or(Unreadable)?
            }
            itself => itself,
        })
    }

    fn unit(&mut self) -> Result<u32, Unreadable> {
        let digits = self.rest.get(..4).ok_or(Unreadable)?;
        self.rest = &self.rest[4..];
        u32::from_str_radix(digits, 16).map_err(|_| Unreadable)
    }

    /// Reads over a value that nobody wants.
    fn skip(&mut self) -> Result<(), Unreadable> {
        let mut is_first = true;
        match self.peek() {
            Some(b'"') => self.string().map(drop),
            Some(b'[') => {
                self.open("[")?;
                while self.another("]", &mut is_first)? {
                    self.skip()?;
                }
                Ok(())
            }
            Some(b'{') => {
                self.open("{")?;
                while self.another("}", &mut is_first)? {
                    self.string()?;
                    self.need(":")?;
                    self.skip()?;
                }
                Ok(())
            }
            _ if ["true", "false", "null"].into_iter().any(|word| self.take(word)) => Ok(()),
            _ => self.number().map(drop),
        }
    }
}

impl<'de> Deserializer<'de> for &mut Reader<'de> {
    type Error = Unreadable;

    /// What type is asked for is always known, except for numbers and words.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        let (is_negative, number) = self.number()?;
        if is_negative {
            visitor.visit_i64(0_i64.checked_sub_unsigned(number).ok_or(Unreadable)?)
        } else {
            visitor.visit_u64(number)
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        let is_true = self.take("true");
        if !is_true {
            self.need("false")?;
        }
        visitor.visit_bool(is_true)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_string(self.string()?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        if self.take("null") { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        self.need("null")?;
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        self.open("[")?;
        visitor.visit_seq(Entries { reader: self, is_first: true })
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Unreadable> {
        self.open("[")?;
        let value = visitor.visit_seq(Entries { reader: self, is_first: true })?;
        // Its reader knows how many entries there are, and does not look for the end.
        self.close("]")?;
        Ok(value)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        self.open("{")?;
        visitor.visit_map(Entries { reader: self, is_first: true })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        visitor.visit_enum(self)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        self.skip()?;
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit_struct tuple_struct map
    }
}

/// The entries of a list, or the fields of an object.
struct Entries<'a, 'de> {
    reader: &'a mut Reader<'de>,
    is_first: bool,
}

impl<'de> SeqAccess<'de> for Entries<'_, 'de> {
    type Error = Unreadable;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Unreadable> {
        if self.reader.another("]", &mut self.is_first)? {
            seed.deserialize(&mut *self.reader).map(Some)
        } else {
            Ok(None)
        }
    }
}

impl<'de> MapAccess<'de> for Entries<'_, 'de> {
    type Error = Unreadable;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Unreadable> {
        if self.reader.another("}", &mut self.is_first)? {
            seed.deserialize(&mut *self.reader).map(Some)
        } else {
            Ok(None)
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Unreadable> {
        self.reader.need(":")?;
        seed.deserialize(&mut *self.reader)
    }
}

/// A variant: its name alone, or an object with its name and its content.
pub(super) struct Variant<'a, 'de> {
    reader: &'a mut Reader<'de>,
    has_content: bool,
}

impl<'a, 'de> EnumAccess<'de> for &'a mut Reader<'de> {
    type Error = Unreadable;
    type Variant = Variant<'a, 'de>;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self::Variant), Unreadable> {
        let has_content = self.peek() != Some(b'"');
        if has_content {
            self.open("{")?;
        }
        let name = seed.deserialize(&mut *self)?;
        if has_content {
            self.need(":")?;
        }
        Ok((name, Variant { reader: self, has_content }))
    }
}

impl<'de> Variant<'_, 'de> {
    fn content<T>(
        self,
        read: impl FnOnce(&mut Reader<'de>) -> Result<T, Unreadable>,
    ) -> Result<T, Unreadable> {
        if !self.has_content {
            return Err(Unreadable);
        }
        let value = read(self.reader)?;
        self.reader.close("}")?;
        Ok(value)
    }
}

impl<'de> VariantAccess<'de> for Variant<'_, 'de> {
    type Error = Unreadable;

    fn unit_variant(self) -> Result<(), Unreadable> {
        if self.has_content { Err(Unreadable) } else { Ok(()) }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Unreadable> {
        self.content(|reader| seed.deserialize(reader))
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Unreadable> {
        self.content(|reader| reader.deserialize_tuple(len, visitor))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        self.content(|reader| reader.deserialize_struct("", fields, visitor))
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this is not what was expected")
    }
}

impl std::error::Error for Unreadable {}

/// Nothing is said of what is wrong: whoever explains needs the code that prints every kind of value.
impl Error for Unreadable {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }

    fn invalid_type(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self
    }

    fn invalid_value(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self
    }

    fn invalid_length(_: usize, _: &dyn Expected) -> Self {
        Self
    }

    fn unknown_variant(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }

    fn unknown_field(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }

    fn missing_field(_: &'static str) -> Self {
        Self
    }

    fn duplicate_field(_: &'static str) -> Self {
        Self
    }
}

#[cfg(test)]
#[path = "reader_tests.rs"]
mod tests;
