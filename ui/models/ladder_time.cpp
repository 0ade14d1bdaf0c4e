// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/ladder_time.h"

#include "ui/models/time_text.h"

#include <algorithm>
#include <numeric>

namespace dorascope::models {
namespace {

using namespace std::chrono_literals;

/// A silence so much longer than the usual step between messages is folded: else a DORA of 2 ms would be a line beside a minute's pause.
Duration foldThreshold(const std::vector<Duration>& steps)
{
    std::vector<Duration> positive;
    std::ranges::copy_if(steps, std::back_inserter(positive), [](Duration d) { return d > Duration::zero(); });
    if (positive.empty()) return Duration::max();
    const auto middle = positive.begin() + static_cast<std::ptrdiff_t>((positive.size() - 1) / 2);
    std::ranges::nth_element(positive, middle);
    return std::max<Duration>(*middle > Duration::max() / 12 ? Duration::max() : *middle * 12, 1ms);
}

/// As many digits as the span needs, the same for all marks.
QString markText(Duration at, Duration span)
{
    const double ms = static_cast<double>(at.count()) / 1e6;
    if (span < 1ms) return QStringLiteral("%1 ms").arg(ms, 0, 'f', 2);
    if (span < 100ms) return QStringLiteral("%1 ms").arg(ms, 0, 'f', 1);
    if (span < 1s) return QStringLiteral("%1 ms").arg(ms, 0, 'f', 0);
    if (span < 100s) return QStringLiteral("%1 s").arg(ms / 1e3, 0, 'f', span < 10s ? 3 : 2);
    return durationText(at);
}

/// Equal distances, so that the grid is calm; folds and repetitions are left out.
std::vector<LadderMark> makeMarks(std::span<const Instant> instants, const std::vector<double>& y,
                                  const std::vector<bool>& folded, double step)
{
    std::vector<LadderMark> marks;
    const Duration span = instants.back() - instants.front();
    std::size_t i = 0;
    for (double at = y.front(); at <= y.back() + 0.5; at += step) {
        while (i + 1 < y.size() && y[i + 1] <= at)
            ++i;
        if (i < folded.size() && folded[i] && at > y[i] + 1) continue; // within a fold
        Duration t = instants[i] - instants.front();
        if (i + 1 < y.size()) {
            const double part = (at - y[i]) / (y[i + 1] - y[i]);
            t += Duration{static_cast<Duration::rep>(static_cast<double>((instants[i + 1] - instants[i]).count()) * part)};
        }
        QString text = markText(t, span);
        if (marks.empty() || marks.back().text != text) marks.push_back({at, std::move(text)});
    }
    return marks;
}

} // namespace

LadderTime layOutTime(std::span<const Instant> instants, const LadderRequest& request)
{
    LadderTime result;
    result.bottom = request.top;
    if (instants.empty()) return result;

    std::vector<Duration> steps;
    for (std::size_t i = 1; i < instants.size(); ++i)
        steps.push_back(std::max(instants[i] - instants[i - 1], Duration::zero()));
    const Duration threshold = foldThreshold(steps);
    std::vector<bool> folded;
    std::vector<double> weights;
    double needed = 0;
    for (const Duration step : steps) {
        folded.push_back(step > threshold);
        weights.push_back(folded.back() ? 0 : static_cast<double>(step.count()));
        needed += folded.back() ? 2.5 * request.rowHeight : request.rowHeight;
    }
    const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
    const double margin = request.rowHeight;
    const double room = request.height * request.zoom - request.top - 2 * margin;
    const double spare = std::max(0.0, room - needed);

    double y = request.top + margin / 2;
    result.y.push_back(y);
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const double fixed = folded[i] ? 2.5 * request.rowHeight : request.rowHeight;
        const double step = fixed + (total > 0 ? spare * weights[i] / total : 0);
        if (folded[i]) result.gaps.push_back({y + step / 2 + request.rowHeight / 4, request.rowHeight, durationText(steps[i])});
        y += step;
        result.y.push_back(y);
    }
    result.bottom = y + 1.5 * margin;
    result.marks = makeMarks(instants, result.y, folded, 3 * request.rowHeight);
    return result;
}

} // namespace dorascope::models
