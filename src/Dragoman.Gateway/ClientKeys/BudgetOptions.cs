namespace Dragoman.Gateway.ClientKeys;

/// <summary><c>budgets</c>: how the budgets of client keys are kept.</summary>
public sealed record BudgetOptions
{
    /// <summary><c>unknown-price</c>: whether a key with a budget in money is refused a model whose price is unknown; otherwise it is let in and counts no money.</summary>
    public bool RefuseUnknownPrice { get; init; }

    /// <summary><c>max-output</c>: the tokens of answer that are reserved for a request that sets no limit itself. Streams that outgrow them reserve more as they go.</summary>
    public int MaxOutput { get; init; } = 8_192;
}
