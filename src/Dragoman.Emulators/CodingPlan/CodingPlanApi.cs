using Dragoman.Emulators.Anthropic;
using Dragoman.Emulators.Http;
using Dragoman.Emulators.Json;
using Dragoman.Emulators.OpenAiChat;
using Dragoman.Emulators.OpenAiResponses;

namespace Dragoman.Emulators.CodingPlan;

/// <summary>
/// Vendors' coding plans below <c>/plans/VENDOR</c> with each vendor's own paths, refusals and usage page. A key that begins with <c>spent</c> has used its plan up; a model <c>outside-plan</c> is in none; a key that begins
/// with <c>counts</c> is of a plan that is counted in requests rather than in percent.
/// </summary>
internal sealed class CodingPlanApi : IProviderApi
{
    private static readonly Dictionary<string, PlanVendor> Vendors = new(StringComparer.Ordinal)
    {
        ["zai"] = new ZaiPlan(),
        ["alibaba"] = new AlibabaPlan(),
        ["minimax"] = new MiniMaxPlan(),
        ["xiaomi"] = new XiaomiPlan(),
        ["kimi"] = new KimiPlan(),
    };

    private readonly ChatApi _chat = new();
    private readonly AnthropicApi _messages = new();
    private readonly ResponsesApi _responses = new();

    public string? ModelOf(Call call) => call.IsPost ? call.Json?["model"].Str() : null;

    public Reply Answer(Call call, RequestContext request)
    {
        if (Find(call) is not var (vendor, path)) throw new Refusal(404, "Not Found");
        if (path == vendor.UsagePath && !call.IsPost) return vendor.Usage(call.Bearer ?? "", request.Options.Time.GetUtcNow());
        var (family, target) = Route(vendor, path);
        if (family is null || (target == "/v1/models" && !vendor.ListsModels)) throw new Refusal(404, "Not Found");
        if (vendor.IsRefused(call.Bearer)) throw vendor.BadKey;
        if (call.IsPost && call.Bearer!.StartsWith("spent", StringComparison.Ordinal)) throw vendor.Spent;
        if (call.IsPost && ModelOf(call) == "outside-plan") throw vendor.NoModel;
        return family.Answer(new Call(call.Method, target, call.Headers, call.Body), request);
    }

    public Reply Error(Call call, Refusal refusal)
    {
        if (Find(call) is not var (vendor, path)) return _chat.Error(call, refusal);
        var (family, _) = Route(vendor, path);
        return (family == _messages ? vendor.MessagesError(refusal) : null) ?? (family ?? _chat).Error(call, refusal);
    }

    private static (PlanVendor Vendor, string Path)? Find(Call call) => call.Segments is [_, var name, ..] && Vendors.TryGetValue(name, out var vendor) ? (vendor, call.Path[$"/plans/{name}".Length..]) : null;

    /// <summary>The family that answers below a vendor's paths, and the path as the family has it.</summary>
    private (IProviderApi? Family, string Target) Route(PlanVendor vendor, string path)
    {
        if (vendor.Messages is { } messages && path == messages + "/v1/messages") return (_messages, "/v1/messages");
        if (path == vendor.Chat + "/chat/completions") return (_chat, "/v1/chat/completions");
        if (path == vendor.Chat + "/models") return (_chat, "/v1/models");
        return vendor.Responses is { } responses && path == responses + "/responses" ? (_responses, "/v1/responses") : (null, path);
    }
}
