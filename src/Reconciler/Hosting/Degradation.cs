namespace Reconciler.Hosting;

/// <summary>A part that may fail while this node does its work all the same. Registered as a singleton, it is asked by the health answer.</summary>
/// <param name="Part">Its name, like <c>broker</c>.</param>
/// <param name="Trouble">What is wrong now, without addresses or names of ours; null where nothing is.</param>
public sealed record Degradation(string Part, Func<string?> Trouble);
