using System.CommandLine;
using System.Text.Json;
using Dragoman.Cli.GatewayClient;
using Dragoman.Cli.Terminal;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Requests;
using Dragoman.Gateway.Routing;
using Dragoman.Management;
using Dragoman.Management.Routing;
using Dragoman.Protocols;

namespace Dragoman.Cli.Commands;

/// <summary><c>dragoman explain MODEL</c>: what would be tried, and why not others. A running gateway is asked, because it knows what cools down.</summary>
internal static class ExplainCommand
{
    public static Command Create()
    {
        var model = new Argument<string>("model") { Description = "The model as a client would name it." };
        var options = new GatewayOrConfig();
        return options.Run(new Command("explain", "Shows which accounts would be tried for a model, in which order, and why not others.") { model }, async (parsed, cancellationToken) =>
        {
            var name = parsed.GetRequiredValue(model);
            var config = options.NamesConfig(parsed) ? options.Load(parsed) : null;
            if (options.NamesConfig(parsed) && config is null) return ExitCodes.Configuration;
            var live = await options.GetAsync(parsed, (client, cancellationToken) => client.TextAsync(HttpMethod.Get, $"explain?model={Uri.EscapeDataString(name)}", null, cancellationToken), cancellationToken);
            if (live is null && (config ??= options.Load(parsed)) is null) return ExitCodes.Configuration;
            var text = live?.Answer ?? Offline(config!, name);
            using var plan = Parsed(text, live?.Gateway);
            if (parsed.GetValue(options.Gateway.Json)) Console.Out.WriteLine(text);
            else Print(plan.RootElement, live?.Gateway);
            return plan.RootElement.TryGetProperty("error", out _) ? ExitCodes.Failure : ExitCodes.Success;
        });
    }

    private static JsonDocument Parsed(string plan, Uri? gateway)
    {
        try
        {
            return JsonDocument.Parse(plan);
        }
        catch (JsonException)
        {
            throw new ManagementException($"{gateway} answered something else than a Dragoman gateway does. Say where it is with --url.");
        }
    }

    private static string Offline(GatewayConfig config, string model)
    {
        var plan = new Router(config.ToRouting(), TimeProvider.System).Plan(new RouteRequest(model, Protocol.OpenAiChat), dryRun: true);
        return JsonSerializer.Serialize(RoutePlanView.From(plan), ManagementJson.Options);
    }

    private static void Print(JsonElement plan, Uri? gateway)
    {
        Console.Out.WriteLine($"{Text(plan, "model")} ({(gateway is null ? "by the configuration; no gateway is running" : $"as the running gateway sees it: {gateway.ToString().TrimEnd('/')}")})");
        foreach (var step in plan.GetProperty("trace").EnumerateArray()) Console.Out.WriteLine($"  {step.GetString()}");
        var number = 0;
        foreach (var candidate in plan.GetProperty("candidates").EnumerateArray())
        {
            if (number++ == 0) Console.Out.WriteLine("Tried in this order:");
            var why = Text(candidate, "reason") is { Length: > 0 } reason ? $": {reason}" : "";
            Console.Out.WriteLine($"  {number}. {Text(candidate, "account")} ({Text(candidate, "provider")}, {Text(candidate, "protocol")}) as {Text(candidate, "model")}{why}");
        }

        var left = plan.GetProperty("excluded");
        if (left.GetArrayLength() > 0) Console.Out.WriteLine("Left out:");
        foreach (var exclusion in left.EnumerateArray())
        {
            var until = Text(exclusion, "until") is { Length: > 0 } time ? $" until {time}" : "";
            Console.Out.WriteLine($"  - {Text(exclusion, "account")} ({Text(exclusion, "model")}): {Text(exclusion, "reason")}{until}");
        }

        if (plan.TryGetProperty("error", out var error)) Console.Out.WriteLine($"No account: {Text(error, "message")}");
    }

    private static string Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";
}
