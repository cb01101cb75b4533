using System.Globalization;
using System.Text;

namespace Dragoman.Server.Observability.Metrics;

/// <summary>Writes Prometheus' text form (version 0.0.4). A family's samples follow its head; every family is written once.</summary>
internal sealed class PrometheusText
{
    private readonly StringBuilder _text = new();
    private string _family = "";

    /// <summary>Begins a family of counters; the name ends in <c>_total</c>.</summary>
    public PrometheusText Counter(string name, string help) => Head(name, "counter", help);

    /// <summary>Begins a family of gauges.</summary>
    public PrometheusText Gauge(string name, string help) => Head(name, "gauge", help);

    /// <summary>Begins a family of histograms.</summary>
    public PrometheusText Histogram(string name, string help) => Head(name, "histogram", help);

    /// <summary>A sample of the family.</summary>
    public PrometheusText Sample(double value, params ReadOnlySpan<(string Name, string Value)> labels) => Line("", labels, null, value);

    /// <summary>A histogram of the family: cumulative buckets, sum and count.</summary>
    public PrometheusText Sample(MetricHistogram cell, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        var count = 0L;
        for (var i = 0; i < cell.Bounds.Length; i++)
        {
            count += cell.CountOf(i);
            Line("_bucket", labels, Number(cell.Bounds[i]), count);
        }

        // Values are added while this is written; what was summed up is what is reported.
        count += cell.CountOf(cell.Bounds.Length);
        Line("_bucket", labels, "+Inf", count);
        Line("_sum", labels, null, cell.Sum);
        return Line("_count", labels, null, count);
    }

    /// <summary>The text.</summary>
    public override string ToString() => _text.ToString();

    private PrometheusText Head(string name, string type, string help)
    {
        _family = name;
        _text.Append("# HELP ").Append(name).Append(' ').Append(help.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)).Append('\n');
        _text.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
        return this;
    }

    private PrometheusText Line(string suffix, ReadOnlySpan<(string Name, string Value)> labels, string? bound, double value)
    {
        _text.Append(_family).Append(suffix);
        if (labels.Length > 0 || bound is not null)
        {
            var mark = '{';
            foreach (var (name, word) in labels)
            {
                _text.Append(mark).Append(name).Append("=\"").Append(Escape(word)).Append('"');
                mark = ',';
            }

            if (bound is not null) _text.Append(mark).Append("le=\"").Append(bound).Append('"');
            _text.Append('}');
        }

        _text.Append(' ').Append(Number(value)).Append('\n');
        return this;
    }

    private static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    private static string Escape(string label)
        => label.AsSpan().IndexOfAny('\\', '"', '\n') < 0 ? label
            : label.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
