using System.Globalization;
using Dragoman.Gateway.Routing.Selection;
using Dragoman.Gateway.Text;

namespace Dragoman.Gateway.Routing;

/// <summary>The steps by which a name is read and the order is made, in words and as codes. <c>count</c> is a number of accounts.</summary>
internal static class RouteSteps
{
    public static CodedText SuffixIgnored(string suffix) => CodedText.Create("suffix_ignored", $"The suffix ({suffix}) is not a reasoning wish; it is ignored.", ("suffix", suffix));

    public static CodedText SuffixReasoning(string suffix) => CodedText.Create("suffix_reasoning", $"The suffix ({suffix}) asks for reasoning; it overrides the request's own.", ("suffix", suffix));

    public static CodedText LongContextMark() => CodedText.Create("long_context_mark", "The mark [1m] is not part of the model's name.");

    public static CodedText Newest(string model) => CodedText.Create("newest_model", $"'auto' stands for the newest model, {model}.", ("model", model));

    public static CodedText BedrockId(string name, string model) => CodedText.Create("bedrock_id", $"'{name}' is Bedrock's id of '{model}'.", ("name", name), ("model", model));

    public static CodedText OtherSpelling(string name, string model) => CodedText.Create("other_spelling", $"'{name}' is another spelling of '{model}'.", ("name", name), ("model", model));

    public static CodedText Configured(string name, int count) => CodedText.Create("configured", $"'{name}' is configured on {Accounts(count)}.", ("name", name), Count(count));

    public static CodedText WithoutList(string name, int count) => CodedText.Create("without_list", $"{Accounts(count)} without a model list take{(count == 1 ? "s" : "")} names like '{name}'.", ("name", name), Count(count));

    public static CodedText UpstreamName(string name, int count) => CodedText.Create("upstream_name", $"'{name}' is no alias, but the upstream name behind one on {Accounts(count)}.", ("name", name), Count(count));

    public static CodedText Unknowing(string name, int count)
        => CodedText.Create("unknown_upstreams", $"Nobody is known to serve '{name}'; {Accounts(count)} of which nothing is known get{(count == 1 ? "s" : "")} it as it is, one after the other.", ("name", name), Count(count));

    public static CodedText Nobody(string name) => CodedText.Create("nobody", $"Nobody serves '{name}'.", ("name", name));

    public static CodedText Priority(Tier tier, int usable, ISelection strategy) => CodedText.Create(
        "priority", $"Priority {tier.Priority}: {tier.Offers.Count} serve the name, {usable} can be used now; {strategy.Name}: {strategy.Explanation}.",
        ("priority", Number(tier.Priority)), Count(tier.Offers.Count), ("usable", Number(usable)), ("strategy", strategy.Name));

    public static CodedText KnownFirst(int count) => CodedText.Create("known_first", $"{count} {(count == 1 ? "is" : "are")} known to serve the name and asked before the others.", Count(count));

    public static CodedText CoolingLast(int count)
        => CodedText.Create("cooling_last", $"{count} cool{(count == 1 ? "s" : "")} down by a guess of the gateway's own: asked after all others, first who is back first.", Count(count));

    public static CodedText Unbound() => CodedText.Create("conversation_unbound", "The conversation is not bound to an account yet.");

    public static CodedText Stays(string account) => CodedText.Create("conversation_stays", $"The conversation stays with {account}.", ("account", account));

    public static CodedText Waits(string account, long tokens, bool isFull, TimeSpan wait)
    {
        var seconds = wait.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
        return CodedText.Create(
            isFull ? "conversation_waits_full" : "conversation_waits_limited",
            $"{account} has read the conversation's {tokens} tokens before and {(isFull ? "is full" : "is limited for a moment")}: it is waited for up to {seconds} s before another reads them.",
            ("account", account), ("tokens", Number(tokens)), ("seconds", seconds));
    }

    public static CodedText Moves() => CodedText.Create("conversation_moves", "The conversation's account cannot be used now; it will be bound to the one that answers.");

    public static CodedText Unproven(IEnumerable<string> accounts)
    {
        var names = string.Join(", ", accounts);
        return CodedText.Create("unproven", $"{names} failed of late; another request is finding out whether it works again.", ("accounts", names));
    }

    private static (string Name, string Value) Count(int count) => ("count", Number(count));

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Accounts(int count) => count == 1 ? "1 account" : $"{count} accounts";
}
