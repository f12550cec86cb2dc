//! What people see: the text of both bundled deals, the explanation of a figure, an import's account.

use crate::support::Bench;

#[test]
fn the_first_report() {
    let bench = Bench::with_data();
    insta::assert_snapshot!("salary_us", bench.run("report data/deals/salary-us.toml").out);
}

#[test]
fn the_report_on_thin_evidence() {
    let bench = Bench::with_data();
    insta::assert_snapshot!("salary_equity", bench.run("report data/deals/salary-equity.toml").out);
    insta::assert_snapshot!("salary_thin", bench.run("report data/deals/salary-thin.toml").out);
}

#[test]
fn a_figure_on_its_way_to_the_cells() {
    let bench = Bench::with_data();
    let run = bench.run("explain data/deals/salary-us.toml market.p50");
    insta::assert_snapshot!("explain_market_p50", run.out);
}

#[test]
fn the_account_of_an_import() {
    let bench = Bench::with_data();
    insta::assert_snapshot!("import", bench.run("import data/evidence/pay-survey-2023.csv").out);
}

#[test]
fn mistakes_in_a_deal_file() {
    let bench = Bench::with_data();
    let deal = bench.read("data/deals/salary-us.toml");
    let broken =
        deal.replace("side     =", "sied     =").replace("probability = 0.5", "probability = 1.5");
    bench.write("data/deals/broken.toml", broken);
    insta::assert_snapshot!("check", bench.run("check data/deals/broken.toml").out);
}
