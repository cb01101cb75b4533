using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Dragoman.Cli.GatewayClient;
using Dragoman.Gateway.Text;

namespace Dragoman.Cli.Commands.Keys;

/// <summary>The options that say what a key may do, for <c>keys create</c> and <c>keys set</c>.</summary>
internal sealed class KeyOptions
{
    private const string None = "none";
    private readonly Option<string[]> _models = Many("--model", "A model it may be used for, as clients name it, with *; may be repeated. 'none' allows all.");
    private readonly Option<string[]> _providers = Many("--provider", "A provider it may reach; may be repeated. 'none' allows all.");
    private readonly Option<string[]> _surfaces = Many("--surface", "A surface it may come in by; may be repeated. 'none' allows all.");
    private readonly Option<string[]> _tags = Many("--tag", "A word to sort it by; may be repeated. 'none' takes all away.");
    private readonly Option<string[]> _budgets = Many("--budget", "What it may spend: 10usd/day, 500000tokens/month, 100usd/total; with a time zone 10usd/day@Europe/Berlin. May be repeated. 'none' takes all away.");
    private readonly Option<string?> _expires = new("--expires") { Description = "When it ends: a time (2026-12-31), or from now (30d, 12h). 'none' for never." };
    private readonly Option<string?> _requests = new("--rpm") { Description = "Requests a minute; 'none' for no limit." };
    private readonly Option<string?> _tokens = new("--tpm") { Description = "Tokens a minute; 'none' for no limit." };
    private readonly Option<string?> _concurrency = new("--concurrency") { Description = "Requests at once; 'none' for no limit." };
    private readonly Option<string?> _note = new("--note") { Description = "A note." };

    /// <summary>Adds them to a command.</summary>
    public Command AddTo(Command command)
    {
        foreach (var option in (Option[])[_models, _providers, _surfaces, _requests, _tokens, _concurrency, _budgets, _expires, _note, _tags]) command.Add(option);
        return command;
    }

    /// <summary>What was given, as the management API takes it.</summary>
    /// <exception cref="ManagementException">An option cannot be read.</exception>
    public JsonObject Read(ParseResult parsed)
    {
        var settings = new JsonObject();
        List(settings, "models", parsed.GetValue(_models));
        List(settings, "providers", parsed.GetValue(_providers));
        List(settings, "surfaces", parsed.GetValue(_surfaces));
        List(settings, "tags", parsed.GetValue(_tags));
        Number(settings, "requests_per_minute", "--rpm", parsed.GetValue(_requests));
        Number(settings, "tokens_per_minute", "--tpm", parsed.GetValue(_tokens));
        Number(settings, "concurrency", "--concurrency", parsed.GetValue(_concurrency));
        if (parsed.GetValue(_note) is { } note) settings["note"] = note;
        if (parsed.GetValue(_expires) is { } expires) settings["expires_at"] = expires == None ? null : Time(expires).ToString("O", CultureInfo.InvariantCulture);
        if (parsed.GetValue(_budgets) is { Length: > 0 } budgets) settings["budgets"] = budgets is [None] ? [] : new JsonArray([.. budgets.Select(Budget)]);
        return settings;
    }

    private static Option<string[]> Many(string name, string description) => new(name) { Description = description, Arity = ArgumentArity.OneOrMore };

    private static void List(JsonObject settings, string member, string[]? given)
    {
        if (given is { Length: > 0 }) settings[member] = given is [None] ? [] : new JsonArray([.. given.Select(item => (JsonNode)item)]);
    }

    private static void Number(JsonObject settings, string member, string option, string? given)
    {
        if (given is null) return;
        if (given == None) settings[member] = null;
        else if (long.TryParse(given, NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var number)) settings[member] = number;
        else throw new ManagementException($"'{given}' is no number for {option}; write one like 60, or none.");
    }

    private static DateTimeOffset Time(string text)
    {
        if (DurationText.TryParse(text, out var wait) && !text.Contains('-', StringComparison.Ordinal)) return TimeProvider.System.GetUtcNow() + wait;
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out var time)) return time.ToUniversalTime();
        throw new ManagementException($"'{text}' is no time for --expires; write it like 2026-12-31, 30d or none.");
    }

    private static JsonNode Budget(string text)
    {
        var (amount, zone) = text.IndexOf('@', StringComparison.Ordinal) is >= 0 and var at ? (text[..at], text[(at + 1)..]) : (text, null);
        var parts = amount.ToLowerInvariant().Split('/');
        var (unit, number) = parts[0] switch
        {
            var money when money.EndsWith("usd", StringComparison.Ordinal) => ("money", money[..^3]),
            var money when money.StartsWith('$') => ("money", money[1..]),
            var tokens when tokens.EndsWith("tokens", StringComparison.Ordinal) => ("tokens", tokens[..^6]),
            _ => ("", ""),
        };
        if (parts.Length != 2 || parts[1] is not ("day" or "month" or "total") || !decimal.TryParse(number, NumberStyles.AllowDecimalPoint | NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var limit))
            throw new ManagementException($"'{text}' is no budget; write it like 10usd/day, 500000tokens/month or 100usd/total@Europe/Berlin.");
        var budget = new JsonObject { ["unit"] = unit, ["period"] = parts[1], ["limit"] = limit };
        if (zone is not null) budget["time_zone"] = zone;
        return budget;
    }
}
