//! More requests of one address than it is granted (attacks F19, F23): a limit is tested by firing it.

use rustine_domain::checks::Check;

use crate::letter::Letter;
use crate::world::{Scene, World};

/// The check that ends a flood.
pub const CHECK: Check = Check::Rate;

/// An address that nothing else is sent from.
const FROM: [u8; 4] = [127, 10, 0, 1];

/// Far more than one address is granted at once.
const MOST: usize = 2000;

/// Floods both sides; what went wrong, in words.
pub fn run(world: &World) -> Vec<String> {
    let mut wrong = Vec::new();
    for side in [&world.fortress, &world.breach] {
        let scene = Scene { world, side };
        let draft = scene.follow("https://evil.test/users/mallory");
        let mut letter = draft.seal();
        letter.remove("Signature");
        if !(0..MOST).any(|_| status(&scene, &letter) == 429) {
            wrong.push(format!(
                "a flood (F23): {} takes {MOST} requests",
                side.host
            ));
        }
        // Somebody else is served meanwhile.
        scene.deliver(&draft);
        if std::ptr::eq(side, &world.breach) {
            scene.switch_off(&[CHECK]);
            let through = status(&scene, &letter);
            scene.switch_off(&[]);
            if through != 401 {
                wrong.push(format!(
                    "a flood (F23): with its check off, it is answered {through}"
                ));
            }
        }
    }
    wrong
}

fn status(scene: &Scene<'_>, letter: &Letter) -> u16 {
    scene.send_from(FROM, letter).status
}
