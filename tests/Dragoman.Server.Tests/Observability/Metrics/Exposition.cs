using System.Globalization;
using System.Text;

namespace Dragoman.Server.Tests.Observability.Metrics;

/// <summary>Reads Prometheus' text form as strictly as <c>promtool check metrics</c>: what it would complain about is a failure here.</summary>
internal sealed class Exposition
{
    private readonly Dictionary<string, string> _types = new(StringComparer.Ordinal);
    private readonly Dictionary<string, double> _samples = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<(SortedDictionary<string, string> Labels, string Name, double Value)>> _families = new(StringComparer.Ordinal);

    private Exposition()
    {
    }

    /// <summary>The names that a query may use: those of samples.</summary>
    public HashSet<string> Names { get; } = new(StringComparer.Ordinal);

    /// <summary>A sample, named as <c>name{label="value",…}</c> with the labels in the order of their names.</summary>
    public double this[string series] => _samples.TryGetValue(series, out var value) ? value : throw new ShouldAssertException($"No sample {series}; there are:\n{string.Join('\n', _samples.Keys)}");

    /// <summary>The labels of a metric's samples.</summary>
    public HashSet<string> LabelsOf(string name) => [.. _families.Values.SelectMany(family => family).Where(sample => sample.Name == name).SelectMany(sample => sample.Labels.Keys)];

    public static Exposition Parse(string text)
    {
        text.ShouldEndWith("\n");
        text.ShouldNotContain("\r");
        var read = new Exposition();
        var family = "";
        var helped = "";
        foreach (var line in text[..^1].Split('\n'))
        {
            if (line.StartsWith("# HELP ", StringComparison.Ordinal))
            {
                var words = line.Split(' ', 4);
                words.Length.ShouldBe(4, line);
                words[3].ShouldNotBeEmpty(line);
                helped = words[2];
            }
            else if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                var words = line.Split(' ');
                words.Length.ShouldBe(4, line);
                words[2].ShouldBe(helped, "HELP comes before TYPE");
                words[3].ShouldBeOneOf("counter", "gauge", "histogram");
                IsName(words[2]).ShouldBeTrue(line);
                read._types.ContainsKey(words[2]).ShouldBeFalse($"{words[2]} is written twice");
                words[2].EndsWith("_total", StringComparison.Ordinal).ShouldBe(words[3] == "counter", line);
                family = words[2];
                read._types.Add(family, words[3]);
                read._families.Add(family, []);
            }
            else
            {
                read.AddSample(line, family);
            }
        }

        foreach (var (name, type) in read._types)
        {
            if (type == "histogram") CheckHistogram(name, read._families[name]);
        }

        return read;
    }

    private void AddSample(string line, string family)
    {
        var at = 0;
        while (at < line.Length && line[at] is not ('{' or ' ')) at++;
        var name = line[..at];
        IsName(name).ShouldBeTrue(line);
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (at < line.Length && line[at] == '{')
        {
            at++;
            while (line[at] != '}')
            {
                var equals = line.IndexOf('=', at);
                var label = line[at..equals];
                IsLabel(label).ShouldBeTrue(line);
                line[equals + 1].ShouldBe('"', line);
                at = equals + 2;
                var value = new StringBuilder();
                for (; line[at] != '"'; at++)
                {
                    if (line[at] != '\\')
                    {
                        value.Append(line[at]);
                        continue;
                    }

                    value.Append(line[++at] switch { '\\' => '\\', '"' => '"', 'n' => '\n', var other => throw new ShouldAssertException($"\\{other} in {line}") });
                }

                labels.TryAdd(label, value.ToString()).ShouldBeTrue(line);
                at++;
                if (line[at] == ',') at++;
                else line[at].ShouldBe('}', line);
            }

            at++;
        }

        line[at].ShouldBe(' ', line);
        var number = line[(at + 1)..] is "+Inf" ? double.PositiveInfinity : double.Parse(line[(at + 1)..], NumberStyles.Float, CultureInfo.InvariantCulture);
        var suffix = name.StartsWith(family, StringComparison.Ordinal) ? name[family.Length..] : "another family";
        (_types[family] == "histogram" ? (string[])["_bucket", "_sum", "_count"] : [""]).ShouldContain(suffix, line);
        if (_types[family] != "gauge") number.ShouldBeGreaterThanOrEqualTo(0, line);
        _samples.TryAdd(name + (labels.Count == 0 ? "" : $"{{{string.Join(',', labels.Select(label => $"{label.Key}=\"{label.Value}\""))}}}"), number).ShouldBeTrue($"twice: {line}");
        _families[family].Add((labels, name, number));
        Names.Add(name);
    }

    private static void CheckHistogram(string name, List<(SortedDictionary<string, string> Labels, string Name, double Value)> samples)
    {
        foreach (var series in samples.GroupBy(sample => string.Join(',', sample.Labels.Where(label => label.Key != "le"))))
        {
            var buckets = series.Where(sample => sample.Name == name + "_bucket").ToList();
            var bounds = buckets.Select(bucket => bucket.Labels["le"] is "+Inf" ? double.PositiveInfinity : double.Parse(bucket.Labels["le"], CultureInfo.InvariantCulture)).ToList();
            bounds.ShouldBe(bounds.Order().ToList(), name);
            bounds[^1].ShouldBe(double.PositiveInfinity, name);
            buckets.Select(bucket => bucket.Value).ShouldBeInOrder(SortDirection.Ascending, name);
            series.Single(sample => sample.Name == name + "_count").Value.ShouldBe(buckets[^1].Value, name);
            series.Count(sample => sample.Name == name + "_sum").ShouldBe(1, name);
        }
    }

    private static bool IsName(string text) => text.Length > 0 && !char.IsAsciiDigit(text[0]) && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or ':');

    private static bool IsLabel(string text) => IsName(text) && !text.Contains(':', StringComparison.Ordinal) && !text.StartsWith("__", StringComparison.Ordinal);
}
