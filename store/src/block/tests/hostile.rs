//! What is damaged is said, whatever it is; and a block with a right checksum is not believed either.

use super::{
    samples::{Dice, stretch},
    *,
};

/// The bytes with the checksum that belongs to them.
fn signed(content: &[u8]) -> Vec<u8> {
    let mut block = content.to_vec();
    block.extend(crc32fast::hash(content).to_le_bytes());
    block
}

fn content(block: &[u8]) -> &[u8] {
    &block[..block.len() - 4]
}

/// Blocks of every kind: quiet, eventful, with slow drift (which pco codes as deltas), irregular.
fn blocks() -> Vec<Vec<u8>> {
    let mut dice = Dice(7);
    let drift = |n: u32| Entry { latency: Some(Micros(40_000 + 100 * n)), ..QUIET };
    let wild = |dice: &mut Dice, n: i64| Entry {
        due: Timestamp(n * n * 1_000),
        late_ms: u32::try_from(dice.next() >> 32).unwrap(),
        ..QUIET
    };
    [
        stretch(&mut dice, 60, 60_000, 100),
        stretch(&mut dice, 600, 1_000, 1),
        eventful(),
        columns((0..300).map(drift)),
        columns((0..300).map(|n| wild(&mut dice, n))),
    ]
    .iter()
    .map(|columns| encode(columns, 1_000).unwrap())
    .collect()
}

/// Decodes bytes with their right checksum: any answer will do, if there is one and it is no larger than allowed.
fn decode_signed(content: &[u8]) -> Result<Columns, BlockError> {
    let answer = decode(&signed(content));
    if let Ok(columns) = &answer {
        assert!(columns.len() <= MAX_ENTRIES);
        assert_eq!(columns.iter().count(), columns.len());
    }
    answer
}

#[test]
fn every_changed_byte_is_found() {
    for block in [encode(&eventful(), 1_000).unwrap(), blocks().swap_remove(0)] {
        for position in 0..block.len() {
            for change in 1..=255 {
                let mut damaged = block.clone();
                damaged[position] ^= change;
                assert_eq!(decode(&damaged), Err(BlockError::Checksum), "byte {position}");
            }
        }
    }
}

#[test]
fn what_is_cut_or_longer_is_found() {
    let block = encode(&eventful(), 1_000).unwrap();
    for end in 0..block.len() {
        assert_eq!(decode(&block[..end]), Err(BlockError::Checksum), "{end} bytes");
        let shorter = decode_signed(&block[..end.min(block.len() - 5)]);
        assert!(matches!(shorter, Err(BlockError::Malformed(_))), "{end} bytes");
    }
    let longer = [content(&block), &[0]].concat();
    assert_eq!(decode_signed(&longer), Err(BlockError::Malformed("bytes behind its end")));
}

#[test]
fn a_newer_version_is_told_from_damage() {
    assert_eq!(decode_signed(&[3, 77]), Err(BlockError::Version(3)));
    assert_eq!(decode_signed(&[]), Err(BlockError::Malformed("less than it says")));
}

/// The head of a block of so many entries, up to its first column.
fn head(count: u64) -> Vec<u8> {
    let mut head = vec![2];
    bytes::put(&mut head, count);
    head.extend([0, 0]);
    head
}

#[test]
fn claims_are_checked_before_anything_is_allocated() {
    assert_eq!(decode_signed(&head(65_537)), Err(BlockError::TooLarge));
    assert!(decode_signed(&head(u64::MAX)).is_err());
    // A dictionary of 2²⁵ numbers, and a look-back window of 2²⁴.
    for hostile in [[0x04, 0xff, 0xff, 0xff, 0x01], [0x20, 0xff, 0xff, 0xff, 0xff]] {
        let block = [head(600), vec![3, 5], hostile.to_vec()].concat();
        let expect = Err(BlockError::Malformed("a column in a mode of pco that is not used"));
        assert_eq!(decode_signed(&block), expect);
    }
}

#[test]
fn numbers_that_no_entry_has_are_refused() {
    let malformed = |rest: &[u8]| {
        matches!(decode_signed(&[head(2), rest.to_vec()].concat()), Err(BlockError::Malformed(_)))
    };
    let good = [0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0];
    assert_eq!(decode_signed(&[head(2), good.to_vec()].concat()).map(|columns| columns.len()), Ok(2));
    assert!(malformed(&[9, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]), "no such coding");
    assert!(malformed(&[0, 0, 0, 0x80, 0x80, 4, 0, 0, 1, 0, 0, 0, 0]), "attempt 65,536");
    assert!(malformed(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), "unit 0");
    assert!(
        malformed(&[0, 0, 0, 0, 0, 0, 0x80, 0x80, 4, 0, 0x81, 0x80, 4, 0, 0]),
        "latency beyond 71 minutes"
    );
    assert!(malformed(&[0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0x80, 2]), "verdict 256");
    assert!(malformed(&[0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2]), "failures without faults");
    assert!(malformed(&[0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1]), "degraded checks without faults");
    assert!(malformed(&[0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 5]), "faults without failures");
}

#[test]
fn times_that_overflow_are_refused() {
    let constant = [0, 0, 0, 0, 1, 0, 0, 0, 0];
    let step = [0, 0xff, 0xff, 0xff, 0xff, 0x0f];
    let far = |count| [head(count), step.to_vec(), constant.to_vec()].concat();
    assert!(decode_signed(&far(2)).is_ok());
    assert_eq!(decode_signed(&far(4)), Err(BlockError::Malformed("times too far apart")));
    let mut late = vec![1, 2];
    bytes::put_signed(&mut late, i64::MAX);
    late.push(0);
    late.extend([step.to_vec(), constant.to_vec()].concat());
    assert_eq!(decode_signed(&late), Err(BlockError::Malformed("times after the end of time")));
}

/// Bytes changed, moved, cut and doubled under a right checksum: the decoder itself has to hold.
#[test]
fn mutated_blocks_are_answered() {
    let mut dice = Dice(99);
    let (mut read, mut refused) = (0, 0);
    for block in blocks() {
        for _ in 0..1_500 {
            let mut content = content(&block).to_vec();
            content[0] = 1 + u8::try_from(dice.below(2)).unwrap();
            for _ in 0..=dice.below(4) {
                mutate(&mut content, &mut dice);
            }
            match decode_signed(&content) {
                Ok(_) => read += 1,
                Err(_) => refused += 1,
            }
        }
    }
    assert!(read > 100 && refused > 100, "read {read}, refused {refused}");
}

fn mutate(content: &mut Vec<u8>, dice: &mut Dice) {
    // The heads of columns are where structure is; they are near the front.
    let bound = if dice.below(2) == 0 { 48.min(content.len()) } else { content.len() };
    let position = dice.below(bound.max(1));
    match (dice.below(6), content.get_mut(position)) {
        (_, None) => content.push(1),
        (0, Some(byte)) => *byte = dice.next().to_le_bytes()[0],
        (1, Some(byte)) => *byte = 0xff,
        (2, Some(_)) => content.truncate(position.max(1)),
        (3, Some(_)) => content.insert(position, dice.next().to_le_bytes()[0]),
        (_, Some(byte)) => *byte ^= 1 << dice.below(8),
    }
}

/// Every bit and every byte of what pco writes, one at a time, under a right checksum.
#[test]
fn each_bit_of_a_column_may_be_wrong() {
    for block in blocks() {
        let content = content(&block);
        for (version, position) in (1..content.len().min(400)).flat_map(|at| [(1, at), (2, at)]) {
            for change in [1, 2, 4, 8, 16, 32, 64, 128, 255] {
                let mut damaged = content.to_vec();
                damaged[0] = version;
                damaged[position] ^= change;
                let _ = decode_signed(&damaged);
            }
        }
    }
}

#[test]
fn noise_is_answered() {
    let mut dice = Dice(3);
    for _ in 0..3_000 {
        let noise: Vec<u8> = (0..dice.below(200)).map(|_| dice.next().to_le_bytes()[3]).collect();
        assert_eq!(decode(&noise), Err(BlockError::Checksum));
        let _ = decode_signed(&[&[1], &noise[..]].concat());
        let _ = decode_signed(&[&[2], &noise[..]].concat());
        // As a column of 256 numbers.
        let mut column = head(257);
        column.extend([1 + u8::try_from(dice.below(3)).unwrap(), 100, 0]);
        column.extend(&noise);
        let _ = decode_signed(&column);
        let _ = decode_latencies(&noise, Some(Micros(1)), Some(Micros(u32::MAX)), 0);
    }
}
