//! The store through its public door, over real files.

// The attribute tells clippy that the helpers too are tests.
#[cfg(test)]
mod it {
    mod accounts;
    mod backup;
    mod by_hand;
    mod damage;
    mod editor;
    mod flips;
    mod full_disk;
    mod harness;
    mod kills;
    mod opening;
    mod outside;
    mod past;
    mod restore;
    mod retention;
    mod round_trip;
    mod story;
    mod synthetic;
    mod tutorial;
    mod vault;
    mod verify;
}
