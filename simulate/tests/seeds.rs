use std::time::Instant;
fn main() {
    let args: Vec<String> = std::env::args().collect();
    let from: u64 = args.get(1).and_then(|a| a.parse().ok()).unwrap_or(0);
    let n: u64 = args.get(2).and_then(|a| a.parse().ok()).unwrap_or(20);
    let t = Instant::now();
    let mut checks = 0;
    for seed in from..from + n {
        let s = Instant::now();
        let o = simulate::run(seed, None, true);
        checks += o.checks;
        println!("{seed}: {:?} checks {} trans {} msgs {} dbl {} lives {} virt {}s {:?} {:x}", o.violation, o.checks, o.transitions, o.messages, o.doubles, o.lives, o.virtual_ms/1000, s.elapsed(), o.trace);
        if o.violation.is_some() && n == 1 { for l in o.lines { println!("{l}"); } }
    }
    println!("{checks} in {:?}", t.elapsed());
}
