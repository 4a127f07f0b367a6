-- The memory in plain columns, for people who ask it themselves (docs/analysts.md): the same as in SQLite.

set local search_path = vigilabel;

create view listed_now as select v.label, v.provider, v.provider_name, v.source, v.holder,
        v.facts ->> 'subject' as service,
        (select string_agg(value, '; ' order by key) from json_each(v.facts -> 'scope')) as scope,
        v.facts ->> 'version' as version, v.facts ->> 'level' as level, v.facts ->> 'status' as status,
        v.facts ->> 'recommendation' as recommendation, v.facts ->> 'issuer' as issuer,
        coalesce(v.facts -> 'extra' ->> 'certificate_number', v.facts ->> 'ref') as decision,
        v.facts ->> 'valid_from' as valid_from, v.facts ->> 'valid_until' as valid_until,
        first.seen_at as first_seen_at, v.since_at as printed_so_since,
        case when v.missing_since is null then 'no' else 'yes' end as to_be_confirmed, v.url as link,
        v.place, v.line as "row"
    from attestation v
    join (select line, min(since_at) as seen_at from attestation group by line) first on first.line = v.line
    where v.until_at is null and stands(v.facts);

create view holdings as select v.label, v.provider, v.provider_name, v.source, v.holder,
        v.facts ->> 'subject' as service,
        coalesce(v.facts -> 'extra' ->> 'certificate_number', v.facts ->> 'ref') as decision,
        v.facts ->> 'valid_from' as valid_from, v.facts ->> 'valid_until' as valid_until,
        span.seen_from, span.seen_until, v.line as "row"
    from (select line, min(since_at) as seen_from, max(id) as last,
            case when count(*) = count(until_at) then max(until_at) end as seen_until
        from attestation where stands(facts) group by line) span
    join attestation v on v.id = span.last;

create view events_plain as select e.id, e.seen_at, b.body ->> 'edition_at' as edition_at, e.kind, e.weight,
        e.cause, e.label, e.provider, b.body #>> '{provider,name}' as provider_name, e.source,
        b.body #>> '{attestations,0,holder}' as holder, b.only ->> 'subject' as service,
        coalesce(b.only #>> '{extra,certificate_number}', b.only ->> 'ref') as decision,
        b.only ->> 'valid_from' as valid_from, b.only ->> 'valid_until' as valid_until, b.rows as "rows",
        case b.body ->> 'expected' when 'true' then 'yes' when 'false' then 'no' end as expected,
        coalesce(r.at, f.at) as taken_back_at, coalesce(r.reason, f.reason) as taken_back_why, e.run as look,
        b.body #>> '{evidence,url}' as document, b.body #>> '{evidence,sha256}' as document_sha256,
        b.body #>> '{evidence,place}' as place
    from event e
    cross join lateral (
        select body, json_array_length(body -> 'attestations')::bigint as rows,
            case when json_array_length(body -> 'attestations') = 1 then body #> '{attestations,0}' end as only
        from (select e.body::json as body) j) b
    left join retraction r on r.event = e.id
    left join forgotten f on f.run = e.run;

create view expiries as select valid_until as last_printed_day, label, provider, provider_name, source, holder,
        service, decision, valid_from, to_be_confirmed, link, place, "row"
    from listed_now where valid_until is not null;

create view looks as select r.id as look, r.source, r.at as looked_at, r.outcome,
        case r.believed when 1 then 'yes' else 'no' end as believed, r.edition_at,
        (select sum(value::bigint) from json_each_text(r.counts::json))::bigint as "rows",
        (select count(*) from snapshot_page p where p.snapshot = r.snapshot) as documents,
        (select count(*) from event e where e.run = r.id) as events, r.message,
        f.at as forgotten_at, f.reason as forgotten_why
    from run r left join forgotten f on f.run = r.id;

create view holdings_by_basis as
    select 'observed' as basis, label, provider, provider_name, source, holder, service, decision, valid_from,
        valid_until, null as withdrawn_on, null as document_dated, seen_from, seen_until, null as issuer,
        null as document, null::bigint as document_page, null as document_sha256, "row"
    from holdings
    union all select 'document', label, provider, provider_name, null, holder, nullif(service, ''),
        nullif(ref, ''), valid_from, valid_until, withdrawn_on, dated, null, null, issuer, file, page, sha256, id
    from documented where removed_at is null;
