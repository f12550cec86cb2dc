//! Deals beyond the bundled ones, each of a kind that those leave out, and a file of quotes.

/// A small file of quotes in the layout of the community survey.
pub(super) const QUOTES: &str = "\
work_year,experience_level,employment_type,job_title,salary,salary_currency,salary_in_usd,employee_residence,remote_ratio,company_location,company_size
2023,SE,CT,Data Migration,48000,USD,48000,US,0,US,S
2023,SE,CT,Data Migration,50500,USD,50500,US,0,US,M
2023,SE,CT,Data Migration,61000,USD,61000,US,0,US,L
2023,SE,CT,Data Migration,52250,USD,52250,US,0,US,S
2022,SE,CT,Data Migration,47300,USD,47300,US,0,US,M
2023,SE,CT,Data Migration,55900,USD,55900,US,0,US,M
2022,SE,CT,Data Migration,49999,USD,49999,US,0,US,L
";

/// Data migration, three quotes.
pub(super) const BUYER_QUOTES: &str = r#"
schema   = "haggle.deal/1"
title    = "Data migration, three quotes"
side     = "buyer"
currency = "USD"
per      = "year"
as_of    = 2023-11-20

[[source]]
name  = "quotes"
path  = "../evidence/quotes.csv"
where = { title = "Data Migration" }

[ageing]
rate = 0.02

[offer]
amount = "53000"

[us]
deal_cost  = "700"
present    = "51000"
quote_cost = "300"

[[alternative]]
name      = "north"
amount    = "48000"
cost      = "2000"
advantage = "1500"

[[alternative]]
name   = "south"
amount = "52500"
cost   = "2000"

[[alternative]]
name            = "east"
amount          = ["46000", "47500", "52000"]
probability     = 0.6
delay_days      = 45
interim_per_day = "-20"

[counterpart]
first_offer = "58000"
"#;

/// Data scientist, a second candidate.
pub(super) const THEIR_ALTERNATIVES: &str = r#"
schema   = "haggle.deal/1"
title    = "Data scientist, a second candidate"
side     = "seller"
currency = "USD"
per      = "year"
as_of    = 2023-11-20

[[source]]
name  = "oews"
path  = "../evidence/oews-national-may-2022.xlsx"
where = { subject = "15-2051", place = "US" }

[[source]]
name  = "survey"
path  = "../evidence/pay-survey-2023.csv"
where = { title = "Data Engineer", place = "US" }
match = 0.7
weight = 2.5

[ageing]
rate = "0.04"

[us]
risk_tolerance     = "50000"
delay_cost_per_day = "120"
while_no_deal      = "90000"

[[alternative]]
name         = "offer B"
amount       = "118000"
probability  = 0.6
cost         = "2000"
advantage    = "3000"
develop_cost = "400"

[[event]]
name   = "it ships by June"
ours   = 0.7
theirs = 0.45
stake  = "8000"
cost   = "500"

[[alternative]]
name   = "stay"
amount = "92000"

[[claim]]
text      = "cut churn by 18 %"
reference = "board report Q1"

[counterpart]
delay_cost_per_day = "300"
first_offer        = "101000"
risk_tolerance     = "400000"
while_no_deal      = "131000"
deal_cost          = "1000"

[[counterpart.alternative]]
name        = "second candidate"
amount      = ["104000", "108000", "115000"]
probability = 0.7
cost        = "6000"

[[counterpart.alternative]]
name   = "agency"
amount = "135000"
cost   = "10000"
"#;

/// Chief executive.
pub(super) const TOP_CODED: &str = r#"
schema   = "haggle.deal/1"
title    = "Chief executive"
side     = "seller"
currency = "USD"
per      = "year"
as_of    = 2023-11-20

[[source]]
name  = "oews"
path  = "../evidence/oews-national-may-2022.xlsx"
where = { subject = "11-1011", place = "US" }

[[alternative]]
name   = "stay"
amount = "180000"

[[claim]]
text      = "grew revenue 30 %"
reference = "annual report"

[[claim]]
text      = "opened 4 offices"
reference = "annual report"

[[claim]]
text      = "cut costs 12 %"
reference = "annual report"
"#;

/// Software engineer with a number in mind.
pub(super) const LIMIT_ONLY: &str = r#"
schema   = "haggle.deal/1"
title    = "Software engineer with a number in mind"
side     = "seller"
currency = "USD"
per      = "year"
as_of    = 2023-11-20

[[source]]
name  = "survey"
path  = "../evidence/pay-survey-2023.csv"
where = { title = "Software Engineer", place = "US", amount = "1000.." }

[stated]
walk_away = "125000"

[parameters]
steps = 4
ratio = 0.6
"#;

/// Data scientist by the hour, out of work.
pub(super) const HOURLY: &str = r#"
schema   = "haggle.deal/1"
title    = "Data scientist by the hour, out of work"
side     = "seller"
currency = "USD"
per      = "hour"
as_of    = 2022-09-20

[[source]]
name  = "oews"
path  = "../evidence/oews-national-may-2022.xlsx"
where = { subject = "15-2051", place = "US" }

[offer]
amount = "44"

[[alternative]]
name            = "agency"
amount          = ["46", "50", "58"]
probability     = 0.5
delay_days      = 60
interim_per_day = "65"

[[alternative]]
name            = "temp"
amount          = ["34", "38", "41"]
delay_days      = 30
interim_per_day = "65"
"#;

/// No zone, wages of three countries.
pub(super) const NO_ZONE: &str = r#"
schema   = "haggle.deal/1"
title    = "No zone, wages of three countries"
side     = "seller"
currency = "USD"
per      = "year"
as_of    = 2023-11-20
term     = 2

[[source]]
name  = "oews"
path  = "../evidence/oews-national-may-2022.xlsx"
where = { subject = "15-2051", place = "US" }

[[source]]
name  = "engineers"
path  = "../evidence/pay-survey-2023.csv"
where = { title = "~ data engineer" }
place_index = 1.1

[[source]]
name  = "software"
path  = "../evidence/pay-survey-2023.csv"
where = { title = "~ software engineer" , amount = "1000.." }

[[rate]]
from = "GBP"
to   = "USD"
rate = "1.25"
date = 2023-11-17
low  = "1.21"
high = "1.27"

[[rate]]
from = "CAD"
to   = "USD"
rate = "0.73"
date = 2023-11-17

[ageing]
rate = 0.03

[[alternative]]
name   = "stay"
amount = "190000"

[counterpart.limit]
low  = "110000"
mode = "122000"
high = "140000"
"#;

/// No fallback.
pub(super) const NO_FALLBACK: &str = r#"
schema   = "haggle.deal/1"
title    = "No fallback"
side     = "buyer"
currency = "USD"
per      = "year"
as_of    = 2023-11-20

[[source]]
name  = "survey"
path  = "../evidence/pay-survey-2023.csv"
where = { title = "~ software engineer", place = "US", amount = "1000.." }

[ageing]
index = [ { date = 2022-01-01, value = 100 }, { date = 2022-10-01, value = 103 }, { date = 2023-08-01, value = "107.5" } ]

[[alternative]]
name        = "maybe"
amount      = "118000"
probability = 0.6
"#;

/// A machine, no market at all.
pub(super) const EACH: &str = r#"
schema   = "haggle.deal/1"
title    = "A machine, no market at all"
side     = "buyer"
currency = "USD"
per      = "each"
as_of    = 2023-11-20
tick     = "5"

[us]
discount_rate      = 0.08
risk_tolerance     = "30000"
delay_cost_per_day = "90"

[[alternative]]
name        = "maker two"
amount      = ["50000", "51000", "54500"]
probability = 0.85
cost        = "900"
delay_days  = 120

[[alternative]]
name   = "repair"
amount = "61000"

[counterpart]
delay_cost_per_day = "10"

[counterpart.limit]
low    = "44000"
mode   = "47000"
high   = "52000"
source = "their last annual report"
"#;

/// An employer with another candidate, three-year contract.
pub(super) const WAITING_BUYER: &str = r#"
schema   = "haggle.deal/1"
title    = "An employer with another candidate, three-year contract"
side     = "buyer"
currency = "USD"
per      = "year"
as_of    = 2023-11-20
term     = 3

[[source]]
name  = "survey"
path  = "../evidence/pay-survey-2023.csv"
where = { title = "~ software engineer", place = "US", amount = "1000.." }

[ageing]
index  = [ { date = 2022-01-01, value = 100 }, { date = 2022-10-01, value = 103 }, { date = 2023-08-01, value = "107.5" } ]
source = "an index of the test"

[offer]
amount = "139000"

[us]
idle_value     = "150000"
while_no_deal  = "149000"
deal_cost      = "2500"
risk_tolerance = "90000"

[[alternative]]
name        = "other candidate"
amount      = ["128000", "133000", "141000"]
probability = 0.4
delay_days  = 90
cost        = "9000"

[[alternative]]
name            = "contractor"
amount          = "152000"
delay_days      = 20
interim_per_day = "-150"

[[alternative.part]]
name   = "tools"
amount = "3000"

[[alternative.part]]
name   = "signing"
amount = "1500"
once   = true

[counterpart]
idle_value    = "20000"
while_no_deal = "118000"

[[counterpart.alternative]]
name        = "their other offer"
amount      = ["118000", "124000", "127000"]
probability = 0.7
delay_days  = 60

[[counterpart.alternative]]
name      = "their present work"
amount    = "117000"
advantage = "2000"

[parameters]
floor_share  = 0.4
belief_widen = 1.2
"#;
