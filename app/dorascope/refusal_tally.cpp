// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/dorascope/refusal_tally.h"

#include <QCoreApplication>

#include <algorithm>

namespace dorascope::app {
namespace {

/// A verdict as a person counts it: "12 WORDS".
struct Row {
    StepCode verdict;
    const char* words;
};
constexpr std::array kRows{
    Row{StepCode::malformed, QT_TRANSLATE_NOOP("RefusalTally", "malformed")},
    Row{StepCode::not_bootrequest, QT_TRANSLATE_NOOP("RefusalTally", "that are no requests")},
    Row{StepCode::no_message_type, QT_TRANSLATE_NOOP("RefusalTally", "of BOOTP clients")},
    Row{StepCode::unexpected_type, QT_TRANSLATE_NOOP("RefusalTally", "of a type for clients")},
    Row{StepCode::no_client_address, QT_TRANSLATE_NOOP("RefusalTally", "that name no client")},
    Row{StepCode::client_id_too_long, QT_TRANSLATE_NOOP("RefusalTally", "with an identifier too long")},
    Row{StepCode::client_rate_exceeded, QT_TRANSLATE_NOOP("RefusalTally", "over the rate of a client")},
    Row{StepCode::total_rate_exceeded, QT_TRANSLATE_NOOP("RefusalTally", "over the rate of all strangers")},
    Row{StepCode::no_subnet, QT_TRANSLATE_NOOP("RefusalTally", "from subnets not served")},
    Row{StepCode::denied_by_class, QT_TRANSLATE_NOOP("RefusalTally", "of denied classes")},
    Row{StepCode::request_ambiguous, QT_TRANSLATE_NOOP("RefusalTally", "in no request state")},
    Row{StepCode::silent_unknown_client, QT_TRANSLATE_NOOP("RefusalTally", "of clients without a lease here")},
    Row{StepCode::silent_no_offer, QT_TRANSLATE_NOOP("RefusalTally", "for addresses not offered")},
    Row{StepCode::inform_no_ciaddr, QT_TRANSLATE_NOOP("RefusalTally", "DHCPINFORM without an address")},
    Row{StepCode::decline_mismatch, QT_TRANSLATE_NOOP("RefusalTally", "declining what is not theirs")},
    Row{StepCode::release_mismatch, QT_TRANSLATE_NOOP("RefusalTally", "releasing what is not theirs")},
    Row{StepCode::pool_exhausted, QT_TRANSLATE_NOOP("RefusalTally", "with no address left")},
    Row{StepCode::subnet_full, QT_TRANSLATE_NOOP("RefusalTally", "with their subnet full")},
    Row{StepCode::offers_exhausted, QT_TRANSLATE_NOOP("RefusalTally", "over all offers at a time")},
    Row{StepCode::sender_offers_exhausted, QT_TRANSLATE_NOOP("RefusalTally", "over the offers of a sender")},
    Row{StepCode::sender_grants_exhausted, QT_TRANSLATE_NOOP("RefusalTally", "over the leases of a sender without offer")},
    Row{StepCode::sender_leases_exhausted, QT_TRANSLATE_NOOP("RefusalTally", "over the leases of a sender")},
    Row{StepCode::circuit_leases_exhausted, QT_TRANSLATE_NOOP("RefusalTally", "over the leases of a circuit")},
    Row{StepCode::polite_full, QT_TRANSLATE_NOOP("RefusalTally", "over those that can wait")},
    Row{StepCode::probe_forged, QT_TRANSLATE_NOOP("RefusalTally", "forged answers to a probe")},
    Row{StepCode::storage_failed, QT_TRANSLATE_NOOP("RefusalTally", "that could not be stored")},
};

/// Left to another server, as the client or the configuration wants it: nobody misses that answer.
constexpr bool isLeftToAnother(StepCode verdict)
{
    return verdict == StepCode::other_server_chosen || verdict == StepCode::offer_released
        || verdict == StepCode::polite_other_answered;
}

QString wordsOf(StepCode verdict)
{
    const auto* const row = std::ranges::find(kRows, verdict, &Row::verdict);
    if (row != kRows.end()) return QCoreApplication::translate("RefusalTally", row->words);
    const auto name = name_of(verdict);
    return QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size())).replace(QLatin1Char('_'), QLatin1Char(' '));
}

} // namespace

void RefusalTally::add(const Decision& decision)
{
    if (decision.outcome != Outcome::dropped && decision.outcome != Outcome::silent) return;
    const StepCode reason = verdict(decision);
    if (isLeftToAnother(reason)) return;
    ++(decision.outcome == Outcome::dropped ? dropped_ : unanswered_)[static_cast<std::size_t>(reason)];
}

void RefusalTally::describe(ui::SourceStatus& status) const
{
    const auto append = [](const Counts& counts, QList<ui::DropCount>& to) {
        for (std::size_t i = 0; i < counts.size(); ++i)
            if (counts[i] > 0) to.append({wordsOf(static_cast<StepCode>(i)), counts[i]});
    };
    append(dropped_, status.serverDrops);
    append(unanswered_, status.unanswered);
}

} // namespace dorascope::app
