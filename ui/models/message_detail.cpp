// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/message_detail.h"

#include "capture/decode/packet.h"
#include "ui/models/frame_fields.h"
#include "ui/models/message_words.h"

#include <algorithm>
#include <variant>

namespace dorascope::models {
namespace {

/// Dissection lists depth first with depths; the inspector wants parents.
void appendDissection(MessageDetail& detail)
{
    const std::size_t base = detail.fields.size();
    std::vector<int> open; // the last field of each depth
    for (std::size_t i = 0; i < detail.dissection.fields.size(); ++i) {
        const auto& field = detail.dissection.fields[i];
        const auto depth = std::min(static_cast<std::size_t>(std::max(field.depth, 0)), open.size());
        open.resize(depth);
        DetailField entry;
        entry.label = QString::fromStdString(field.label);
        entry.value = QString::fromStdString(field.value);
        entry.offset = detail.payloadOffset + field.offset;
        entry.length = field.length;
        entry.parent = open.empty() ? -1 : open.back();
        entry.option = field.option;
        open.push_back(static_cast<int>(base + i));
        detail.fields.push_back(std::move(entry));
    }
}

/// The innermost field that holds an anomaly's bytes whole; −1 when none does (what is missing has no bytes).
int fieldFor(const MessageDetail& detail, const wire::Anomaly& anomaly)
{
    const std::size_t from = detail.payloadOffset + anomaly.offset;
    const std::size_t to = from + std::max<std::size_t>(anomaly.length, 1);
    int best = -1;
    for (std::size_t i = 0; i < detail.fields.size(); ++i) {
        const auto& field = detail.fields[i];
        const bool inside = field.offset <= from && to <= field.offset + field.length;
        if (inside && (best < 0 || field.length <= detail.fields[static_cast<std::size_t>(best)].length))
            best = static_cast<int>(i);
    }
    return best;
}

void attachAnomalies(MessageDetail& detail)
{
    for (const auto& anomaly : detail.dissection.anomalies) {
        int at = fieldFor(detail, anomaly);
        QString text = QString::fromStdString(anomaly.text);
        if (!anomaly.clause.empty())
            text += QStringLiteral(" (%1)").arg(
                QString::fromUtf8(anomaly.clause.data(), static_cast<qsizetype>(anomaly.clause.size())));
        if (at < 0) {
            DetailField missing;
            missing.label = missingWord();
            missing.value = text;
            missing.offset = std::min(detail.payloadOffset + anomaly.offset, detail.bytes.size());
            at = static_cast<int>(detail.fields.size());
            detail.fields.push_back(std::move(missing));
        }
        auto& field = detail.fields[static_cast<std::size_t>(at)];
        field.anomaly += field.anomaly.isEmpty() ? text : QLatin1Char('\n') + text;
        field.severity = std::max(field.severity.value_or(wire::Severity::note), anomaly.severity);
    }
}

} // namespace

int MessageDetail::fieldAt(std::size_t offset) const
{
    int best = -1;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        const auto& field = fields[i];
        if (offset < field.offset || offset - field.offset >= field.length) continue;
        if (best < 0 || field.length <= fields[static_cast<std::size_t>(best)].length) best = static_cast<int>(i);
    }
    return best;
}

std::optional<MessageDetail> messageDetail(const Scope& scope, observe::MessageId id)
{
    const auto messages = scope.state().messages();
    if (id >= messages.size()) return std::nullopt;
    const auto& message = messages[id];
    MessageDetail detail;
    detail.id = id;
    detail.type = message.type;
    detail.title = messageTitle(scope, message);
    const auto frame = scope.recording().frame(message.frame);
    detail.subtitle = messageSubtitle(message, frame ? frame->original_length : 0);
    if (!frame) return detail;

    detail.bytes.assign(frame->bytes.begin(), frame->bytes.end());
    const auto packet = decode::decode(*frame);
    const auto* dhcp = std::get_if<decode::DhcpPacket>(&packet);
    if (dhcp == nullptr) return detail;
    detail.payloadOffset = dhcp->payload_offset;
    appendFrameFields(detail.bytes, *dhcp, detail.fields);
    detail.dissection = wire::dissect(dhcp->payload);
    appendDissection(detail);
    attachAnomalies(detail);
    return detail;
}

QString hexDump(const std::vector<std::byte>& bytes)
{
    constexpr std::size_t kRow = 16;
    QString text;
    for (std::size_t start = 0; start < bytes.size(); start += kRow) {
        text += QStringLiteral("%1 ").arg(start, 4, 16, QLatin1Char('0'));
        QString ascii;
        for (std::size_t i = start; i < start + kRow; ++i) {
            if (i >= bytes.size()) {
                text += QStringLiteral("   ");
                continue;
            }
            const auto octet = std::to_integer<unsigned>(bytes[i]);
            text += QStringLiteral(" %1").arg(octet, 2, 16, QLatin1Char('0'));
            ascii += octet >= 0x20 && octet < 0x7f ? QChar{octet} : QChar{u'.'};
        }
        text += QStringLiteral("  ") + ascii + QLatin1Char('\n');
    }
    return text;
}

} // namespace dorascope::models
