//! Partners without a hub: peers who decide on each other's data, take it back, and survive each other.

mod peering;
mod modlog;
mod story;
mod survival;
