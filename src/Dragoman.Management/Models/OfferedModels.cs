using System.Collections.Concurrent;
using System.Text.Json;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Forwarding.Attempts;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;

namespace Dragoman.Management.Models;

/// <summary>What marketplaces of models (OpenRouter and those of its kind) offer, with what their lists say beside the ids: what is free, and what calls tools. A list holds for ten minutes.</summary>
public sealed class OfferedModels(ForwardingServices forwarding, Func<GatewayConfig> config, TimeProvider time)
{
    private const int MostBytes = 16 << 20;
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, (DateTimeOffset At, IReadOnlyList<OfferedModel> Models)> _known = new(StringComparer.Ordinal);

    /// <summary>What the first account of some providers is offered; null where there is no such account, or its list could not be had.</summary>
    /// <param name="providers">The providers' ids, the preferred one first.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<OfferedModel>?> ListAsync(IReadOnlyList<string> providers, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(providers);
        var accounts = config().Accounts;
        foreach (var provider in providers)
            if (accounts.FirstOrDefault(account => account.Enabled && account.Provider == provider) is { } account) return await ListAsync(account, cancellationToken);
        return null;
    }

    private async Task<IReadOnlyList<OfferedModel>?> ListAsync(Account account, CancellationToken cancellationToken)
    {
        if (_known.TryGetValue(account.Id, out var known) && time.GetUtcNow() - known.At < Fresh) return known.Models;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            using var request = await forwarding.Providers[account.Provider].CreateRequestAsync(new UpstreamCall(account, new UpstreamModel(""), UpstreamOperation.ListModels), limit.Token);
            if (request is null) return null;
            using var response = await forwarding.Http.SendAsync(account, request, limit.Token);
            if (!response.IsSuccessStatusCode) return null;
            await response.Content.LoadIntoBufferAsync(MostBytes, limit.Token);
            if (Read(await response.Content.ReadAsByteArrayAsync(limit.Token)) is not { } models) return null;
            _known[account.Id] = (time.GetUtcNow(), models);
            return models;
        }
        catch (Exception ex) when (ex is HttpRequestException or WireException || (ex is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }

    private static List<OfferedModel>? Read(byte[] body)
    {
        try
        {
            using var list = JsonDocument.Parse(body);
            if (list.RootElement.ValueKind != JsonValueKind.Object || !list.RootElement.TryGetProperty("data", out var data) || data.ValueKind != JsonValueKind.Array) return null;
            var models = new List<OfferedModel>();
            foreach (var model in data.EnumerateArray())
                if (model.ValueKind == JsonValueKind.Object && Text(model, "id") is { } id) models.Add(Read(model, id));
            return models;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static OfferedModel Read(JsonElement model, string id) => new(
        id,
        Text(model, "name") ?? id,
        model.TryGetProperty("context_length", out var length) && length.ValueKind == JsonValueKind.Number && length.TryGetInt64(out var tokens) ? tokens : 0,
        model.TryGetProperty("isFree", out var free) ? free.ValueKind == JsonValueKind.True : id.EndsWith(":free", StringComparison.Ordinal),
        model.TryGetProperty("supported_parameters", out var parameters) && parameters.ValueKind == JsonValueKind.Array
            && parameters.EnumerateArray().Any(static parameter => parameter.ValueKind == JsonValueKind.String && parameter.ValueEquals("tools"u8)));

    private static string? Text(JsonElement model, string name) => model.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

/// <summary>A model that a marketplace offers.</summary>
/// <param name="Id">Its id there.</param>
/// <param name="Name">A name for people.</param>
/// <param name="ContextLength">Tokens it can take in; 0 where that is not said.</param>
/// <param name="IsFree">Whether it costs nothing.</param>
/// <param name="CallsTools">Whether it calls tools.</param>
public sealed record OfferedModel(string Id, string Name, long ContextLength, bool IsFree, bool CallsTools);
