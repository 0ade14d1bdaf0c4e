// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/why.h"

#include "engine/wire/decision.h"
#include "engine/wire/message.h"
#include "engine/wire/option_table.h"
#include "ui/models/deduction.h"
#include "ui/models/ladder_layout.h"
#include "ui/models/message_words.h"
#include "ui/models/time_text.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>

namespace dorascope::models {
namespace {

QString tr(const char* text) { return QCoreApplication::translate("Why", text); }
QString text(std::string_view s) { return QString::fromUtf8(s.data(), static_cast<qsizetype>(s.size())); }

/// The name people know a hardware address by; the address where nobody does.
QString nameOf(const Scope& scope, const HardwareAddress& who)
{
    const auto clients = scope.state().clients();
    const auto found = std::ranges::find(clients, who, &observe::Client::hardware);
    return found == clients.end() ? QString{} : scope.clientName(static_cast<observe::ClientId>(found - clients.begin()));
}

WhyStep stepOf(const Scope& scope, const Decision& decision, const DecisionStep& step)
{
    const auto words = explain(step);
    WhyStep result{text(words.title), text(words.text), text(words.clause), words.rejected};
    const bool candidate = words.title == "Candidate" && !step.address.is_unspecified();
    if (candidate) result.title += QLatin1Char(' ') + shortAddress(step.address, decision.server);
    if (step.who.length > 0 && step.who != decision.chaddr) {
        if (const auto name = nameOf(scope, step.who); !name.isEmpty()) result.text.replace(text(step.who.to_string()), name);
    }
    return result;
}

void addSteps(const Scope& scope, const Decision& decision, Why& result)
{
    for (const auto& step : decision.steps)
        result.steps.push_back(stepOf(scope, decision, step));
}

/// Each clause once; the RFC's number only where it changes: "RFC 2131 §4.3.1", "§4.1".
QStringList clausesOf(const std::vector<WhyStep>& steps)
{
    QStringList whole, result;
    QString document;
    for (const auto& step : steps) {
        if (step.clause.isEmpty() || whole.contains(step.clause)) continue;
        whole << step.clause;
        const auto section = step.clause.indexOf(u'§');
        const QString here = section > 0 ? step.clause.left(section) : step.clause;
        result << (here == document && section > 0 ? step.clause.mid(section) : step.clause);
        document = here;
    }
    return result;
}

struct TitleRow {
    MessageType type;
    const char* words;
};
constexpr std::array<TitleRow, 8> kOptionTitles{{
    {MessageType::discover, QT_TRANSLATE_NOOP("Why", "In this discover")},
    {MessageType::offer, QT_TRANSLATE_NOOP("Why", "In this offer")},
    {MessageType::request, QT_TRANSLATE_NOOP("Why", "In this request")},
    {MessageType::decline, QT_TRANSLATE_NOOP("Why", "In this decline")},
    {MessageType::ack, QT_TRANSLATE_NOOP("Why", "In this ACK")},
    {MessageType::nak, QT_TRANSLATE_NOOP("Why", "In this NAK")},
    {MessageType::release, QT_TRANSLATE_NOOP("Why", "In this release")},
    {MessageType::inform, QT_TRANSLATE_NOOP("Why", "In this inform")},
}};

QString optionValue(std::uint8_t code, std::span<const std::byte> data)
{
    if (wire::option_info(code).format == wire::OptionFormat::seconds) {
        if (const auto value = wire::decode_option(code, data)) {
            if (const auto* seconds = std::get_if<std::uint32_t>(&*value)) return secondsText(*seconds);
        }
    }
    return text(wire::option_text(code, data));
}

OptionLine lineOf(std::uint8_t code, std::span<const std::byte> data)
{
    return {code, QStringLiteral("%1 %2").arg(code).arg(text(wire::option_info(code).name)), optionValue(code, data)};
}

/// T1 and T2 belong together, and the type stands in the heading already.
void tidy(std::vector<OptionLine>& lines)
{
    std::erase_if(lines, [](const OptionLine& line) { return line.code == wire::option::message_type; });
    std::ranges::stable_sort(lines, {}, &OptionLine::code);
    const auto t1 = std::ranges::find(lines, int{wire::option::renewal_time}, &OptionLine::code);
    const auto t2 = std::ranges::find(lines, int{wire::option::rebinding_time}, &OptionLine::code);
    if (t1 == lines.end() || t2 != std::next(t1)) return;
    t1->name = tr("58/59 T1, T2");
    t1->value += QStringLiteral(", ") + t2->value;
    lines.erase(t2);
}

std::vector<OptionLine> optionLines(const MessageDetail& detail, const std::optional<wire::Message>& parsed)
{
    std::vector<OptionLine> lines;
    const auto payload = std::span{detail.bytes}.subspan(std::min(detail.payloadOffset, detail.bytes.size()));
    if (parsed) {
        for (std::size_t i = 0; i < parsed->options.size(); ++i)
            lines.push_back(lineOf(parsed->options.at(i).code, parsed->options.at(i).data));
    } else { // not even well formed: as it stands on the wire
        for (const auto& option : detail.dissection.options) {
            if (option.data_offset > payload.size() || option.data_length > payload.size() - option.data_offset) continue;
            lines.push_back(lineOf(option.code, payload.subspan(option.data_offset, option.data_length)));
        }
    }
    tidy(lines);
    return lines;
}

} // namespace

Why why(const Scope& scope, const MessageDetail& detail)
{
    Why result;
    const auto messages = scope.state().messages();
    if (detail.id >= messages.size()) return result;
    const auto& message = messages[detail.id];

    std::optional<wire::Message> parsed;
    if (!detail.bytes.empty() && detail.dissection.size > 0) {
        const auto payload = std::span{detail.bytes}.subspan(detail.payloadOffset, detail.dissection.size);
        if (auto read = wire::parse(payload)) parsed = std::move(*read);
    }
    const auto* decision = scope.state().decision(message.decision);
    result.deduced = decision == nullptr;
    if (!message.from_server) {
        // A client's message bears a decision when our server did not answer it.
        result.preface = decision == nullptr ? tr("A client's message. What the frames tell:")
                                             : tr("A client's message, and why this server did not answer it:");
        result.steps = deduceRequest(scope, message, parsed);
    } else if (decision == nullptr) {
        result.preface = tr("Another server's reply: its reasons are not on the wire. What the frames tell:");
        result.steps = deduceReply(scope, message, parsed);
    }
    if (decision != nullptr) addSteps(scope, *decision, result);
    result.clauses = clausesOf(result.steps);
    const auto title = std::ranges::find(kOptionTitles, message.type, &TitleRow::type);
    result.optionsTitle = title != kOptionTitles.end() ? tr(title->words) : tr("In this message");
    result.options = optionLines(detail, parsed);
    return result;
}

} // namespace dorascope::models
