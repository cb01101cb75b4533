using System.Collections.Concurrent;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Catalog;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.ChatGpt;

/// <summary>
/// OpenAI's models. Which of them a plan has, only the backend says when it is asked; an account takes them all, and lists those of the catalog that its owner wants to have listed.
/// </summary>
internal sealed class ChatGptModelScope : VendorModelScope
{
    private static readonly ConcurrentDictionary<string, ChatGptModelScope> Known = new(StringComparer.Ordinal);

    private readonly string[] _listed;

    private ChatGptModelScope(string patterns)
        : base("openai", takesDottedNames: true) => _listed = patterns.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The scope of an account; the same for all that list the same.</summary>
    public static ModelScope Of(Account account)
    {
        ArgumentNullException.ThrowIfNull(account);
        return Known.GetOrAdd(account.Options.GetValueOrDefault(ChatGptAccountSchema.ListedModels) ?? "", static patterns => new ChatGptModelScope(patterns));
    }

    /// <inheritdoc/>
    public override bool Shows(CatalogModel model) => base.Shows(model) && Array.Exists(_listed, pattern => Wildcard.Matches(pattern, model.Id));
}
