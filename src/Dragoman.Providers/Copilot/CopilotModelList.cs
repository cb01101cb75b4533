using System.Text.Json;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Copilot;

/// <summary>Copilot's list of models: which there are for the user, whether the user or the organization has allowed each, and by which paths it is served (wire notes logins-2026-11, section 8).</summary>
internal sealed class CopilotModelList : IModelLister
{
    /// <inheritdoc/>
    public IReadOnlyList<string>? Read(ReadOnlyMemory<byte> body) => Parse(body) is { } models ? [.. models.Where(static model => model.IsAllowed).Select(static model => model.Id)] : null;

    /// <summary>The models that answer in conversations; null where it is no list.</summary>
    public static IReadOnlyList<CopilotModel>? Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var list = JsonDocument.Parse(body);
            if (list.RootElement.ValueKind != JsonValueKind.Object || !list.RootElement.TryGetProperty("data", out var data) || data.ValueKind != JsonValueKind.Array) return null;
            return [.. data.EnumerateArray().Select(ReadModel).OfType<CopilotModel>()];
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static CopilotModel? ReadModel(JsonElement item)
    {
        if (VendorJson.Text(item, "id") is not { } id) return null;
        if (VendorJson.Object(item, "capabilities") is { } capabilities && VendorJson.Text(capabilities, "type") is { } type && type != "chat") return null;
        var policy = VendorJson.Object(item, "policy");
        var endpoints = item.TryGetProperty("supported_endpoints", out var paths) && paths.ValueKind == JsonValueKind.Array
            ? paths.EnumerateArray().Where(static path => path.ValueKind == JsonValueKind.String).Select(static path => ProtocolOf(path.GetString()!)).OfType<Protocol>().ToList() : [];
        return new CopilotModel(id, VendorJson.Text(item, "name") ?? id, policy is { } stated ? VendorJson.Text(stated, "state") : null, policy is { } terms ? VendorJson.Text(terms, "terms") : null, endpoints);
    }

    private static Protocol? ProtocolOf(string path) => path.TrimStart('/') switch
    {
        "v1/messages" or "messages" => Protocol.AnthropicMessages,
        "responses" => Protocol.OpenAiResponses,
        "chat/completions" => Protocol.OpenAiChat,
        _ => null,
    };
}

/// <summary>A model as the list has it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Policy">Whether it is allowed (<c>enabled</c>, <c>disabled</c>, <c>unconfigured</c>); null where nobody has to be asked.</param>
/// <param name="Terms">What GitHub says of its use.</param>
/// <param name="Protocols">The protocols that it is served by; empty where the list does not say.</param>
internal sealed record CopilotModel(string Id, string Name, string? Policy, string? Terms, IReadOnlyList<Protocol> Protocols)
{
    /// <summary>Whether it may be used without anybody's doing.</summary>
    public bool IsAllowed => Policy is null or "enabled";
}
