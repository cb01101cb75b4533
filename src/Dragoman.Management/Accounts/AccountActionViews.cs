using Dragoman.Gateway.Providers.Actions;

namespace Dragoman.Management.Accounts;

/// <summary>The actions of an account.</summary>
/// <param name="Actions">The actions; none where the provider offers none.</param>
public sealed record AccountActionListView(IReadOnlyList<AccountActionView> Actions);

/// <summary>Something that an account's owner may have the vendor do.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Title">What it is called.</param>
/// <param name="Effect">What it does, whoever's account it is.</param>
/// <param name="Inputs">What it has to know besides the account.</param>
public sealed record AccountActionView(string Id, string Title, string Effect, IReadOnlyList<ActionInputView> Inputs)
{
    internal static AccountActionView From(IAccountAction action)
        => new(action.Id, action.Title, action.Effect, [.. action.Inputs.Select(field => new ActionInputView(field.Name, field.Description, field.IsRequired))]);
}

/// <summary>What an action has to know.</summary>
/// <param name="Name">The name it is given under.</param>
/// <param name="Description">What it is.</param>
/// <param name="IsRequired">Whether nothing works without it.</param>
public sealed record ActionInputView(string Name, string Description, bool IsRequired);

/// <summary>What would follow from an action, or what came of it.</summary>
/// <param name="Account">The account's label.</param>
/// <param name="Action">The action's id.</param>
/// <param name="Title">What the action is called.</param>
/// <param name="Done">Whether it was done; false where it waits for its confirmation.</param>
/// <param name="Message">What would follow now, or what the vendor did.</param>
public sealed record AccountActionResultView(string Account, string Action, string Title, bool Done, string Message)
{
    /// <summary>What has to be sent to have it done; absent where it is done.</summary>
    public string? Confirmation { get; init; }

    /// <summary>When the confirmation expires; absent where it is done.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}
