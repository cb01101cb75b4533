using System.CommandLine;
using System.Text.Json;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Models;
using Dragoman.Server.Management;
using Dragoman.Wire.Conversation;

namespace Dragoman.Server.Cli;

/// <summary><c>dragoman explain MODEL</c>: what would be tried, and why not others. A running gateway is asked, because it knows what cools down.</summary>
internal static class ExplainCommand
{
    public static Command Create()
    {
        var model = new Argument<string>("model") { Description = "The model as a client would name it." };
        var common = new ConfigOptions();
        var json = new Option<bool>("--json") { Description = "Prints JSON." };
        var command = new Command("explain", "Tells which accounts would be tried for a model, in which order, and why not others.") { model, common.Config, common.Data, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (ConfigOptions.Load(parsed.GetValue(common.Config), parsed.GetValue(common.Data)) is not { } config) return ExitCodes.Configuration;
            var name = parsed.GetRequiredValue(model);
            var live = await RunningGateway.ExplainAsync(config, name, cancellationToken);
            var text = live ?? Offline(config, name);
            using var plan = JsonDocument.Parse(text);
            if (parsed.GetValue(json)) Console.Out.WriteLine(text);
            else Print(plan.RootElement, running: live is not null);
            return plan.RootElement.TryGetProperty("error", out _) ? ExitCodes.Failure : ExitCodes.Success;
        });
        return command;
    }

    private static string Offline(GatewayConfig config, string model)
    {
        var plan = new Router(config, TimeProvider.System).Plan(new RouteRequest(model, Language.OpenAiChat), dryRun: true);
        return JsonSerializer.Serialize(RoutePlanView.Of(plan), ManagementJson.Options);
    }

    private static void Print(JsonElement plan, bool running)
    {
        Console.Out.WriteLine($"{Text(plan, "model")} ({(running ? "as the running gateway sees it" : "by the configuration; no gateway is running")})");
        foreach (var step in plan.GetProperty("steps").EnumerateArray()) Console.Out.WriteLine($"  {step.GetString()}");
        var number = 0;
        foreach (var candidate in plan.GetProperty("candidates").EnumerateArray())
        {
            if (number++ == 0) Console.Out.WriteLine("Tried in this order:");
            var why = Text(candidate, "why") is { Length: > 0 } reason ? $": {reason}" : "";
            Console.Out.WriteLine($"  {number}. {Text(candidate, "account")} ({Text(candidate, "provider")}, {Text(candidate, "language")}) as {Text(candidate, "model")}{why}");
        }

        var left = plan.GetProperty("excluded");
        if (left.GetArrayLength() > 0) Console.Out.WriteLine("Left out:");
        foreach (var exclusion in left.EnumerateArray())
        {
            var until = Text(exclusion, "until") is { Length: > 0 } time ? $" until {time}" : "";
            Console.Out.WriteLine($"  - {Text(exclusion, "account")} ({Text(exclusion, "model")}): {Text(exclusion, "reason")}{until}");
        }

        if (plan.TryGetProperty("error", out var error)) Console.Out.WriteLine($"Nobody: {Text(error, "message")}");
    }

    private static string Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";
}
