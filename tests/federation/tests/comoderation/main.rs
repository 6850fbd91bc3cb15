//! Partners without a hub: peers who decide on each other's data, take it back, and survive each other.

mod modlog;
mod moves;
mod pages;
mod peering;
mod rehoming;
mod reports;
mod story;
mod succession;
mod survival;
