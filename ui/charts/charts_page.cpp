// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/charts_page.h"

#include "ui/charts/chart_view.h"
#include "ui/charts/rate_colors.h"
#include "ui/models/csv.h"
#include "ui/models/time_text.h"
#include "ui/models/timeline_bars.h"
#include "ui/theme/theme.h"

#include <QAreaSeries>
#include <QChart>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QImage>
#include <QLabel>
#include <QLegendMarker>
#include <QLineSeries>
#include <QPainter>
#include <QPushButton>
#include <QSaveFile>
#include <QStackedLayout>
#include <QTimer>

#include <algorithm>
#include <array>

namespace dorascope::ui {
namespace {

using namespace std::chrono_literals;

constexpr auto kInterval = 250ms; // people read four times a second
/// A chart with its heading on a rounded sheet.
class Sheet : public QWidget {
public:
    Sheet(const QString& title, ChartView* view) : title_{new QLabel{title}}
    {
        auto* column = new QVBoxLayout{this};
        column->setContentsMargins(14, 10, 10, 8);
        column->setSpacing(2);
        column->addWidget(title_);
        column->addWidget(view, 1);
    }
    void restyle()
    {
        title_->setFont(Theme::current().headingFont());
        update();
    }

protected:
    void paintEvent(QPaintEvent*) override
    {
        QPainter painter{this};
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Theme::current().color(Role::cardBorder));
        painter.setBrush(Theme::current().color(Role::card));
        painter.drawRoundedRect(QRectF{rect()}.adjusted(0.5, 0.5, -0.5, -0.5), 8, 8);
    }

private:
    QLabel* title_;
};

constexpr int kPixelsPerBucket = 4;
constexpr Duration kLeastSpan = 1s;

qreal axisTime(Instant at) { return static_cast<qreal>(models::toDateTime(at).toMSecsSinceEpoch()); }

/// A histogram's outline: each value held for its bucket's width.
void addStep(QList<QPointF>& points, const models::TimelineBars& bars, std::size_t i, qreal value)
{
    points << QPointF{axisTime(bars.startOf(i)), value} << QPointF{axisTime(bars.startOf(i) + bars.width()), value};
}

} // namespace

struct ChartsPage::Parts {
    Parts(models::Scope& s, ChartsPage* p) : scope{s}, page{p} { }
    void build();
    void buildSeries();
    QLayout* buildBar();
    void restyle();
    void update();
    void fillPool();
    void fillRates();
    models::TimelineBars collect(int width) const;
    QString words(Instant at, bool rates) const;
    void touched();
    void save(const QString& title, const QString& suffix, const std::function<bool(const QString&)>& write);

    models::Scope& scope;
    ChartsPage* page;
    QStackedLayout* stack = nullptr;
    QWidget* charts = nullptr;
    ChartView* pool = nullptr;
    ChartView* rates = nullptr;
    std::array<Sheet*, 2> sheets{};
    QLabel* note = nullptr;
    QLineSeries* inUse = nullptr;
    QAreaSeries* inUseArea = nullptr;
    QLineSeries* inUseLine = nullptr;
    QLineSeries* poolSize = nullptr;
    std::array<QLineSeries*, observe::kRateKinds> uppers{};
    std::array<QAreaSeries*, observe::kRateKinds> areas{};
    QTimer timer;
    models::TimelineBars bars;
    bool stale = true;
};

models::TimelineBars ChartsPage::Parts::collect(int width) const
{
    const auto& series = scope.state().series();
    Instant from = series.first(), to = std::max(scope.state().now(), series.last()) + Duration{1};
    if (const auto range = scope.range()) {
        from = range->from;
        to = range->to;
    }
    to = std::max(to, from + kLeastSpan);
    return models::timelineBars(series, from, to, static_cast<std::size_t>(std::clamp(width / kPixelsPerBucket, 16, 1000)));
}

QString ChartsPage::Parts::words(Instant at, bool rateWords) const
{
    const auto bar = bars.bucketAt(at);
    if (!bar) return {};
    const auto& bucket = bars.buckets[*bar];
    QStringList lines{models::clockText(bars.startOf(*bar))};
    if (!rateWords) {
        const auto size = bucket.pool;
        lines << (size > 0 ? ChartsPage::tr("in use: %1 of %2 (%3 %)")
                                 .arg(bucket.used_high)
                                 .arg(size)
                                 .arg(100.0 * bucket.used_high / static_cast<double>(size), 0, 'f', 0)
                           : ChartsPage::tr("in use: %1").arg(bucket.bound_high));
        if (size > 0 && bucket.bound_high > bucket.used_high) lines << ChartsPage::tr("bound in all: %1").arg(bucket.bound_high);
        return lines.join(QLatin1Char('\n'));
    }
    lines.front() = ChartsPage::tr("%1, for %2").arg(lines.front(), models::durationText(bars.width()));
    for (std::size_t kind = 0; kind < observe::kRateKinds; ++kind)
        if (bucket.messages[kind] > 0) lines << QStringLiteral("%1: %2").arg(rateName(kind)).arg(bucket.messages[kind]);
    if (bucket.total() == 0) lines << ChartsPage::tr("no messages");
    return lines.join(QLatin1Char('\n'));
}

void ChartsPage::Parts::buildSeries()
{
    pool = new ChartView{ChartsPage::tr("Addresses in use"), ChartsPage::tr("addresses"),
                         [this](Instant at) { return words(at, false); }};
    rates = new ChartView{ChartsPage::tr("Messages by type"), ChartsPage::tr("messages a second"),
                          [this](Instant at) { return words(at, true); }};
    inUse = new QLineSeries{page};
    inUseArea = new QAreaSeries{inUse};
    inUseArea->setName(ChartsPage::tr("in use"));
    inUseLine = new QLineSeries;
    poolSize = new QLineSeries;
    poolSize->setName(ChartsPage::tr("pool"));
    pool->add(inUseArea);
    pool->add(inUseLine, false);
    pool->add(poolSize);
    for (std::size_t kind = 0; kind < observe::kRateKinds; ++kind) {
        uppers[kind] = new QLineSeries{page};
        areas[kind] = new QAreaSeries{uppers[kind], kind > 0 ? uppers[kind - 1] : nullptr};
        areas[kind]->setName(rateName(kind));
        rates->add(areas[kind]);
    }
}

/// What was exported, and the buttons that export.
QLayout* ChartsPage::Parts::buildBar()
{
    auto* png = new QPushButton{ChartsPage::tr("Export PNG…")};
    auto* csv = new QPushButton{ChartsPage::tr("Export CSV…")};
    png->setToolTip(ChartsPage::tr("Save both charts as a picture"));
    csv->setToolTip(ChartsPage::tr("Save the numbers behind both charts, a line a step"));
    QObject::connect(png, &QPushButton::clicked, page, [this] {
        save(ChartsPage::tr("Export charts"), QStringLiteral("png"),
             [this](const QString& path) { return page->exportPng(path); });
    });
    QObject::connect(csv, &QPushButton::clicked, page, [this] {
        save(ChartsPage::tr("Export numbers"), QStringLiteral("csv"), [this](const QString& path) {
            QSaveFile file{path};
            return file.open(QIODevice::WriteOnly) && file.write(page->toCsv().toUtf8()) >= 0 && file.commit();
        });
    });
    note = new QLabel;
    note->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto* bar = new QHBoxLayout;
    bar->addWidget(note, 1);
    bar->addWidget(png);
    bar->addWidget(csv);
    return bar;
}

void ChartsPage::Parts::build()
{
    buildSeries();
    charts = new QWidget;
    auto* column = new QVBoxLayout{charts};
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(12);
    column->addLayout(buildBar());
    sheets = {new Sheet{pool->accessibleName(), pool}, new Sheet{rates->accessibleName(), rates}};
    for (auto* sheet : sheets)
        column->addWidget(sheet, 1);

    auto* empty = new QLabel{ChartsPage::tr("Nothing seen yet. Charts appear with the first DHCP message.")};
    empty->setAlignment(Qt::AlignCenter);
    empty->setWordWrap(true);
    stack = new QStackedLayout{page};
    stack->addWidget(empty);
    stack->addWidget(charts);
}

void ChartsPage::Parts::restyle()
{
    const Theme& theme = Theme::current();
    for (auto* sheet : sheets)
        sheet->restyle();
    inUseArea->setPen(Qt::NoPen);
    inUseLine->setPen(QPen{theme.color(Role::chartLine), 1.8});
    inUseArea->setBrush(theme.color(Role::chartFill));
    poolSize->setPen(QPen{theme.color(Role::textFaint), 1.2, Qt::DashLine});
    for (std::size_t kind = 0; kind < observe::kRateKinds; ++kind) {
        areas[kind]->setPen(Qt::NoPen);
        areas[kind]->setBrush(rateColor(kind));
    }
    QPalette palette = note->palette();
    palette.setColor(QPalette::WindowText, theme.color(Role::textMuted));
    note->setPalette(palette);
}

void ChartsPage::Parts::fillPool()
{
    QList<QPointF> points, sizes;
    for (std::size_t i = 0; i < bars.buckets.size(); ++i) {
        if (bars.startOf(i) <= scope.state().now()) addStep(points, bars, i, bars.buckets[i].in_use_high());
        addStep(sizes, bars, i, bars.buckets[i].pool);
    }
    inUse->replace(points);
    inUseLine->replace(points);
    poolSize->setVisible(bars.largestPool > 0);
    poolSize->replace(sizes);
    pool->setSpan(bars.from, bars.to);
    pool->setTop(std::max<qreal>({static_cast<qreal>(bars.largestPool), bars.mostInUse * 1.1, 1}));
}

void ChartsPage::Parts::fillRates()
{
    const double seconds = std::chrono::duration<double>(bars.width()).count();
    std::vector<std::uint64_t> sums(bars.buckets.size());
    for (std::size_t kind = 0; kind < observe::kRateKinds; ++kind) {
        QList<QPointF> points;
        bool occurs = false;
        for (std::size_t i = 0; i < bars.buckets.size(); ++i) {
            sums[i] += bars.buckets[i].messages[kind];
            occurs = occurs || bars.buckets[i].messages[kind] > 0;
            addStep(points, bars, i, static_cast<double>(sums[i]) / seconds);
        }
        uppers[kind]->replace(points);
        areas[kind]->setVisible(occurs);
        for (auto* marker : rates->chart()->legend()->markers(areas[kind]))
            marker->setVisible(occurs);
    }
    rates->setSpan(bars.from, bars.to);
    rates->setTop(std::max(bars.most / seconds * 1.1, 1.0));
}

void ChartsPage::Parts::update()
{
    stale = false;
    const bool empty = scope.state().series().empty();
    stack->setCurrentIndex(empty ? 0 : 1);
    if (empty) return;
    bars = collect(pool->width());
    fillPool();
    fillRates();
}

void ChartsPage::Parts::touched()
{
    stale = true;
    if (page->isVisible() && !timer.isActive()) timer.start();
}

void ChartsPage::Parts::save(const QString& title, const QString& suffix, const std::function<bool(const QString&)>& write)
{
    QString path =
        QFileDialog::getSaveFileName(page, title, QStringLiteral("dorascope.") + suffix, QStringLiteral("*.") + suffix);
    if (path.isEmpty()) return;
    if (!path.contains(QLatin1Char('.'))) path += QLatin1Char('.') + suffix;
    note->setText(
        write(path) ? ChartsPage::tr("Saved as %1").arg(path)
                    : ChartsPage::tr("%1 could not be written: choose a folder that you may write to, with room left").arg(path));
}

ChartsPage::ChartsPage(models::Scope& scope, QWidget* parent) : QWidget{parent}, parts_{std::make_unique<Parts>(scope, this)}
{
    parts_->build();
    parts_->restyle();
    parts_->timer.setSingleShot(true);
    parts_->timer.setInterval(kInterval);
    connect(&parts_->timer, &QTimer::timeout, this, [this] {
        if (isVisible()) parts_->update();
    });
    const auto touched = [this] { parts_->touched(); };
    connect(&scope, &models::Scope::reset, this, touched);
    connect(&scope, &models::Scope::advanced, this, touched);
    connect(&scope, &models::Scope::filterChanged, this, touched);
    connect(&scope, &models::Scope::poolChanged, this, touched);
    connect(&Theme::current(), &Theme::changed, this, [this] { parts_->restyle(); });
    parts_->update();
}

ChartsPage::~ChartsPage() = default;

void ChartsPage::refresh() { parts_->update(); }

void ChartsPage::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    if (parts_->stale) parts_->update();
}

void ChartsPage::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    parts_->touched();
}

QString ChartsPage::toCsv() const
{
    QStringList fields{tr("time")};
    for (std::size_t kind = 0; kind < observe::kRateKinds; ++kind)
        fields << rateName(kind);
    fields << tr("bound, least") << tr("bound, most") << tr("of the pool, least") << tr("of the pool, most") << tr("pool");
    QString text = models::csvLine(fields);
    for (std::size_t i = 0; i < parts_->bars.buckets.size(); ++i) {
        const auto& bucket = parts_->bars.buckets[i];
        fields = {models::toDateTime(parts_->bars.startOf(i)).toString(Qt::ISODateWithMs)};
        for (const auto count : bucket.messages)
            fields << QString::number(count);
        fields << QString::number(bucket.bound_low) << QString::number(bucket.bound_high);
        // Where no pool is known there is nothing to say of it.
        for (const auto number : {bucket.used_low, bucket.used_high, bucket.pool})
            fields << (bucket.pool > 0 ? QString::number(number) : QString());
        text += models::csvLine(fields);
    }
    return text;
}

bool ChartsPage::exportPng(const QString& path) const
{
    constexpr qreal kScale = 2; // readable in print
    const QRect area = parts_->sheets.front()->geometry().united(parts_->sheets.back()->geometry());
    QImage image{area.size() * kScale, QImage::Format_ARGB32_Premultiplied};
    if (image.isNull()) return false;
    image.setDevicePixelRatio(kScale);
    image.fill(Theme::current().color(Role::window));
    for (Sheet* sheet : parts_->sheets)
        sheet->render(&image, sheet->pos() - area.topLeft());
    return image.save(path, "PNG");
}

} // namespace dorascope::ui
