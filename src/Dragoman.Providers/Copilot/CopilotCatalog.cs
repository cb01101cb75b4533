using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Net.Http.Headers;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Protocols;

namespace Dragoman.Providers.Copilot;

/// <summary>What the lists of models of accounts have said last: by which protocols each model is served.</summary>
internal sealed class CopilotCatalog
{
    private const int MaxKept = 1024;

    private static readonly TimeSpan Kept = TimeSpan.FromHours(1);

    /// <summary>Where a model is served by several, the one that loses least.</summary>
    private static readonly Protocol[] Preferred = [Protocol.AnthropicMessages, Protocol.OpenAiResponses, Protocol.OpenAiChat];

    private readonly ConcurrentDictionary<string, Listed> _lists = new(StringComparer.Ordinal);

    /// <summary>The protocol that a model is asked in: the wanted one, unless the list names others only.</summary>
    public Protocol Choose(Account account, string model, Protocol wanted)
    {
        if (!_lists.TryGetValue(account.Id, out var list) || !list.Protocols.TryGetValue(model, out var served) || served.Count == 0 || served.Contains(wanted)) return wanted;
        return Array.Find(Preferred, served.Contains);
    }

    /// <summary>Asks for the list, where it has not been asked for within an hour. That it cannot be had changes nothing.</summary>
    public async Task AskAsync(Account account, VendorContext vendor, CancellationToken cancellationToken)
    {
        var now = vendor.Time.GetUtcNow();
        if (_lists.TryGetValue(account.Id, out var known) && now - known.AskedAt < Kept) return;
        if (_lists.Count >= MaxKept) _lists.Clear();
        _lists[account.Id] = new Listed(known?.Protocols ?? FrozenDictionary<string, IReadOnlyList<Protocol>>.Empty, now);
        try
        {
            using var question = Question(account, HttpMethod.Get, "/models");
            using var response = await vendor.Http.SendAsync(question, cancellationToken);
            if (!response.IsSuccessStatusCode || CopilotModelList.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken)) is not { } models) return;
            _lists[account.Id] = new Listed(models.GroupBy(static model => model.Id, StringComparer.Ordinal).ToFrozenDictionary(static group => group.Key, static group => group.Last().Protocols, StringComparer.Ordinal), now);
        }
        catch (HttpRequestException)
        {
            // The next hour will do.
        }
    }

    /// <summary>A question to the plan's API.</summary>
    public static HttpRequestMessage Question(Account account, HttpMethod method, string path)
    {
        var question = new HttpRequestMessage(method, account.BaseUrl + path);
        question.Headers.Authorization = new AuthenticationHeaderValue("Bearer", account.Cell.Current.Credential is OAuthCredential login ? login.AccessToken : account.Cell.Current.Credential is ApiKeyCredential key ? key.Key : "");
        question.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        CopilotRequests.Describe(question, account);
        return question;
    }

    private sealed record Listed(FrozenDictionary<string, IReadOnlyList<Protocol>> Protocols, DateTimeOffset AskedAt);
}
