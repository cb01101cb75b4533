using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Dragoman.Server.Tests.Flows;

/// <summary>The shape of HAR 1.2 as its specification has it: which members there must be, of which kind, and that others begin with an underscore.</summary>
internal static class HarShape
{
    private static readonly Dictionary<string, string[]> Members = new(StringComparer.Ordinal)
    {
        ["log"] = ["version:s", "creator:o", "browser?:o", "pages?:a", "entries:a", "comment?:s"],
        ["creator"] = ["name:s", "version:s", "comment?:s"],
        ["entry"] = ["pageref?:s", "startedDateTime:s", "time:n", "request:o", "response:o", "cache:o", "timings:o", "serverIPAddress?:s", "connection?:s", "comment?:s"],
        ["request"] = ["method:s", "url:s", "httpVersion:s", "cookies:a", "headers:a", "queryString:a", "postData?:o", "headersSize:n", "bodySize:n", "comment?:s"],
        ["response"] = ["status:n", "statusText:s", "httpVersion:s", "cookies:a", "headers:a", "content:o", "redirectURL:s", "headersSize:n", "bodySize:n", "comment?:s"],
        ["header"] = ["name:s", "value:s", "comment?:s"],
        ["postData"] = ["mimeType:s", "params:a", "text:s", "comment?:s"],
        ["content"] = ["size:n", "compression?:n", "mimeType:s", "text?:s", "encoding?:s", "comment?:s"],
        ["timings"] = ["blocked?:n", "dns?:n", "connect?:n", "send:n", "wait:n", "receive:n", "ssl?:n", "comment?:s"],
    };

    public static void Check(JsonNode har)
    {
        har.AsObject().Count.ShouldBe(1);
        var log = har["log"]!;
        Is("log", log);
        log["version"]!.GetValue<string>().ShouldBe("1.2");
        Is("creator", log["creator"]!);
        log["entries"]!.AsArray().ShouldNotBeEmpty();
        foreach (var entry in log["entries"]!.AsArray()) CheckEntry(entry!);
    }

    private static void CheckEntry(JsonNode entry)
    {
        Is("entry", entry);
        DateTimeOffset.ParseExact(entry["startedDateTime"]!.GetValue<string>(), "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        Is("request", entry["request"]!);
        new Uri(entry["request"]!["url"]!.GetValue<string>()).IsAbsoluteUri.ShouldBeTrue();
        if (entry["request"]!["postData"] is { } data) Is("postData", data);
        Is("response", entry["response"]!);
        Is("content", entry["response"]!["content"]!);
        Is("timings", entry["timings"]!);
        foreach (var header in entry["request"]!["headers"]!.AsArray().Concat(entry["response"]!["headers"]!.AsArray())) Is("header", header!);
        // "time" is the sum of all timings that apply.
        var sum = ((string[])["blocked", "dns", "connect", "send", "wait", "receive"]).Sum(name => entry["timings"]![name] is { } part ? Math.Max(0, part.GetValue<double>()) : 0);
        sum.ShouldBe(entry["time"]!.GetValue<double>(), 0.01);
    }

    private static void Is(string what, JsonNode node)
    {
        var rules = Members[what];
        foreach (var rule in rules)
        {
            var (name, kind) = (rule.Split(':')[0], rule[^1]);
            var optional = name.EndsWith('?');
            var value = node[name.TrimEnd('?')];
            if (value is null && optional) continue;
            value.ShouldNotBeNull($"{what}.{name}");
            var is_ = value.GetValueKind() switch { JsonValueKind.String => 's', JsonValueKind.Number => 'n', JsonValueKind.Object => 'o', JsonValueKind.Array => 'a', _ => '?' };
            is_.ShouldBe(kind, $"{what}.{name}");
        }

        foreach (var (name, _) in node.AsObject())
        {
            (name.StartsWith('_') || rules.Any(rule => rule.Split(':')[0].TrimEnd('?') == name)).ShouldBeTrue($"{what}.{name} is no member of HAR");
        }
    }
}
