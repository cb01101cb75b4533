namespace Dragoman.Gateway.Persistence;

/// <summary>Which part of a long list is wanted. Lists run newest first and are paged by where one stands in them, so new entries shift nothing.</summary>
/// <param name="Limit">How many at most.</param>
/// <param name="After">The <see cref="Page{T}.Next"/> of the page before, or null for the first.</param>
public sealed record PageRequest(int Limit = 50, string? After = null);

/// <summary>A part of a long list.</summary>
/// <typeparam name="T">What it lists.</typeparam>
/// <param name="Items">The items.</param>
/// <param name="Next">What to ask for the next page with, or null at the end.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);
